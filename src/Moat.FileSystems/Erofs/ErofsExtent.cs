// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;

namespace Moat.FileSystems.Erofs;

/// <summary>A piece of a compressed file that is compressed as one.</summary>
/// <param name="Start">Where in the file it begins.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Block">Its first block in the image.</param>
/// <param name="Blocks">How many it has there.</param>
/// <param name="IsPlain">They are not compressed.</param>
internal readonly record struct ErofsExtent(long Start, long End, long Block, int Blocks, bool IsPlain)
{
    /// <summary>The longest extent, as Linux has it (12 MiB).</summary>
    internal const int Longest = 12 << 20;

    private const int MostBlocks = 2048;

    /// <summary>The extent that an offset lies in.</summary>
    internal static Errno Find(ref ErofsClusterIndex index, long size, long offset, out ErofsExtent extent)
    {
        extent = default;
        long number = offset >> index.Bits;
        Errno error = index.Read(number, out ErofsCluster cluster);
        if (error == Errno.Success && cluster.IsHead
            && (offset & ((1L << index.Bits) - 1)) < cluster.Offset)
        {
            // It begins further on: the offset belongs to the extent before.
            error = number == 0 ? Errno.EUCLEAN : index.Read(--number, out cluster);
        }

        long lowest = number - (Longest >> index.Bits);
        while (error == Errno.Success && !cluster.IsHead)
        {
            if (cluster.Back == 0 || cluster.Back > number || number - cluster.Back < lowest)
            {
                return Errno.EUCLEAN;
            }

            number -= cluster.Back;
            error = index.Read(number, out cluster);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        if (cluster.Kind > ErofsCluster.Compressed)
        {
            return Errno.EOPNOTSUPP;
        }

        long start = (number << index.Bits) + cluster.Offset;
        error = FindEnd(ref index, number, size, out long end, out int stored);
        if (error != Errno.Success)
        {
            return error;
        }

        if (start > offset || end <= offset || end - start > Longest || stored > MostBlocks)
        {
            return Errno.EUCLEAN;
        }

        extent = new ErofsExtent(start, end, cluster.Block, stored, cluster.Kind == ErofsCluster.Stored);
        return Errno.Success;
    }

    private static Errno FindEnd(
        ref ErofsClusterIndex index, long head, long size, out long end, out int stored)
    {
        stored = 1;
        end = size;
        for (long number = head + 1; number < index.Count; number++)
        {
            Errno error = index.Read(number, out ErofsCluster cluster);
            if (error != Errno.Success)
            {
                return error;
            }

            if (cluster.IsHead)
            {
                end = (number << index.Bits) + cluster.Offset;
                return Errno.Success;
            }

            if (number == head + 1 && index.HasBigClusters)
            {
                stored = cluster.Blocks;
                if (stored == 0)
                {
                    return Errno.EUCLEAN;
                }
            }

            if (number - head > Longest >> index.Bits)
            {
                return Errno.EUCLEAN;
            }
        }

        return Errno.Success;
    }
}
