// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Erofs;

/// <summary>Content in blocks in a row, whose last part may stand right after the inode.</summary>
internal static class ErofsPlainData
{
    /// <summary>Reads a range that lies in the file.</summary>
    internal static Result<int> Read(ErofsInode inode, Span<byte> buffer, long offset)
    {
        ImageSource source = inode.Erofs.Source;
        long inBlocks = BytesInBlocks(inode);
        if (offset < inBlocks)
        {
            int length = (int)Math.Min(buffer.Length, inBlocks - offset);
            Errno error = StartOf(inode, out long start);
            error = error == Errno.Success && offset > source.Length ? Errno.EIO : error;
            error = error == Errno.Success ? source.ReadExactly(buffer[..length], start + offset) : error;
            return error == Errno.Success ? length : error;
        }

        // What stands beside the inode does not reach into another block.
        ErofsRecord record = inode.Record;
        int block = inode.Erofs.Superblock.BlockSize;
        if ((record.End % block) + (record.Size - inBlocks) > block)
        {
            return Errno.EUCLEAN;
        }

        Errno failed = source.ReadExactly(buffer, record.End + (offset - inBlocks));
        return failed == Errno.Success ? buffer.Length : failed;
    }

    /// <summary>How much of the content lies in the image in one piece, and where.</summary>
    internal static long Locate(ErofsInode inode, out long offset)
    {
        long inBlocks = BytesInBlocks(inode);
        return StartOf(inode, out offset) == Errno.Success && inode.Erofs.Source.Holds(offset, inBlocks)
            ? inBlocks : 0;
    }

    /// <summary>The part that is not beside the inode.</summary>
    private static long BytesInBlocks(ErofsInode inode)
    {
        long size = inode.Size;
        if (inode.Record.Layout == ErofsLayout.Plain || size == 0)
        {
            return size;
        }

        long tail = size % inode.Erofs.Superblock.BlockSize;
        return size - (tail == 0 ? inode.Erofs.Superblock.BlockSize : tail);
    }

    private static Errno StartOf(ErofsInode inode, out long start)
    {
        start = (long)inode.Record.Union << inode.Erofs.Superblock.BlockBits;
        return start <= inode.Erofs.Source.Length ? Errno.Success : Errno.EIO;
    }
}
