// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Erofs;

/// <summary>Content that is compressed with LZ4 in extents.</summary>
internal static class ErofsCompressedData
{
    // An extent may have 12 MiB: one at a time, however many threads read.
    private static readonly RankedLock s_decoding = new(LockRank.Leaf);

    private const int WindowSize = 1024;

    /// <summary>Reads a range that lies in the file; at most to the end of an extent.</summary>
    internal static Result<int> Read(ErofsInode inode, Span<byte> buffer, long offset)
    {
        var index = new ErofsClusterIndex(inode, stackalloc byte[WindowSize]);
        if (index.Error != Errno.Success)
        {
            return index.Error;
        }

        Errno error = ErofsExtent.Find(ref index, inode.Size, offset, out ErofsExtent extent);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!Extent(inode, extent).TryGet(out byte[]? bytes, out error))
        {
            return error;
        }

        ReadOnlySpan<byte> wanted = bytes.AsSpan((int)(offset - extent.Start));
        wanted = wanted[..Math.Min(wanted.Length, buffer.Length)];
        wanted.CopyTo(buffer);
        return wanted.Length;
    }

    /// <summary>All bytes of an extent.</summary>
    private static Result<byte[]> Extent(ErofsInode inode, in ErofsExtent extent)
    {
        ErofsExtentCache cache = inode.Erofs.Extents;
        if (cache.Find(inode.Number, extent.Start) is { } known)
        {
            return known;
        }

        int blockBits = inode.Erofs.Superblock.BlockBits;
        ImageSource source = inode.Erofs.Source;
        int stored = extent.Blocks << blockBits;
        long place = extent.Block << blockBits;
        if (!source.Holds(place, stored))
        {
            return Errno.EIO;
        }

        byte[] made;
        Errno error;
        using (s_decoding.Enter())
        {
            made = GC.AllocateUninitializedArray<byte>((int)(extent.End - extent.Start));
            byte[] input = ArrayPool<byte>.Shared.Rent(stored);
            error = source.ReadExactly(input.AsSpan(0, stored), place);
            if (error == Errno.Success && !Decode(inode, extent, input.AsSpan(0, stored), made))
            {
                error = Errno.EUCLEAN;
            }

            ArrayPool<byte>.Shared.Return(input);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        cache.Add(inode.Number, extent.Start, made);
        return made;
    }

    private static bool Decode(
        ErofsInode inode, in ErofsExtent extent, ReadOnlySpan<byte> input, Span<byte> target)
    {
        if (extent.IsPlain)
        {
            if (target.Length > input.Length)
            {
                return false;
            }

            input[..target.Length].CopyTo(target);
            return true;
        }

        if ((inode.Erofs.Superblock.Features & ErofsFeatures.ZeroPadding) != 0)
        {
            int first = input.IndexOfAnyExcept((byte)0);
            input = first < 0 ? default : input[first..];
        }

        return Lz4.Decode(input, target) == target.Length;
    }
}
