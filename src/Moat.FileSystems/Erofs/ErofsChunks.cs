// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Erofs;

/// <summary>Content in chunks of equal size, each where a table after the inode says.</summary>
internal static class ErofsChunks
{
    private const uint SizeMask = 0x1f;
    private const uint HasIndexes = 0x20;
    private const uint KnownBits = SizeMask | HasIndexes;
    private const uint Hole = uint.MaxValue;
    private const int LargestChunk = 40;

    /// <summary>How many chunks are looked at to find out whether they lie in a row.</summary>
    private const int MostLocated = 65536;

    /// <summary>Reads a range that lies in the file.</summary>
    internal static Result<int> Read(ErofsInode inode, Span<byte> buffer, long offset)
    {
        Errno error = ChunkBits(inode, out int bits);
        if (error != Errno.Success)
        {
            return error;
        }

        long within = offset & ((1L << bits) - 1);
        int length = (int)Math.Min(buffer.Length, (1L << bits) - within);
        error = Find(inode, offset >> bits, out long start);
        if (error != Errno.Success)
        {
            return error;
        }

        if (start < 0)
        {
            buffer[..length].Clear();
            return length;
        }

        error = inode.Erofs.Source.ReadExactly(buffer[..length], start + within);
        return error == Errno.Success ? length : error;
    }

    /// <summary>How much of the content lies in the image in one piece from its start on.</summary>
    internal static long Locate(ErofsInode inode, out long offset)
    {
        offset = 0;
        if (ChunkBits(inode, out int bits) != Errno.Success
            || Find(inode, 0, out offset) != Errno.Success || offset < 0)
        {
            return 0;
        }

        long length = 1L << bits;
        for (int i = 1; i < MostLocated && length < inode.Size; i++, length += 1L << bits)
        {
            if (Find(inode, i, out long next) != Errno.Success || next != offset + length)
            {
                break;
            }
        }

        length = Math.Min(length, inode.Size);
        return inode.Erofs.Source.Holds(offset, length) ? length : 0;
    }

    private static Errno ChunkBits(ErofsInode inode, out int bits)
    {
        uint format = inode.Record.Union & 0xffff;
        bits = inode.Erofs.Superblock.BlockBits + (int)(format & SizeMask);
        return (format & ~KnownBits) != 0 ? Errno.EOPNOTSUPP
            : bits > LargestChunk ? Errno.EUCLEAN : Errno.Success;
    }

    /// <summary>Where a chunk lies, or -1 for zeros.</summary>
    private static Errno Find(ErofsInode inode, long number, out long start)
    {
        start = -1;
        bool isIndex = (inode.Record.Union & HasIndexes) != 0;
        int unit = isIndex ? 8 : 4;
        long table = (inode.Record.End + unit - 1) & -unit;
        ImageSource source = inode.Erofs.Source;
        if (number > source.Length / unit)
        {
            return Errno.EIO;
        }

        Span<byte> raw = stackalloc byte[8];
        raw = raw[..unit];
        Errno error = source.ReadExactly(raw, table + (number * unit));
        if (error != Errno.Success)
        {
            return error;
        }

        uint block = BinaryPrimitives.ReadUInt32LittleEndian(raw[(unit - 4)..]);
        if (block == Hole)
        {
            return Errno.Success;
        }

        // Images with other devices were refused, so there is only this one.
        start = (long)block << inode.Erofs.Superblock.BlockBits;
        return start <= source.Length ? Errno.Success : Errno.EIO;
    }
}
