// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.FileSystems.Images;

/// <summary>An open regular file of an image.</summary>
internal sealed class ImageFile(ImageInode inode, Location location, OpenFlags flags)
    : SeekableFile(location, flags, inode)
{

    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset)
    {
        if (offset < 0)
        {
            return Errno.EINVAL;
        }

        int done = 0;
        while (done < buffer.Length && offset < inode.Size)
        {
            int length = (int)Math.Min(buffer.Length - done, inode.Size - offset);
            Result<int> read = inode.ReadContent(buffer.Slice(done, length), offset);
            if (!read.IsOk)
            {
                return done > 0 ? done : read;
            }

            done += read.Value;
            offset += read.Value;
        }

        return done;
    }

    public override Result<int> WriteContent(Caller caller, ReadOnlySpan<byte> buffer, long offset) =>
        Errno.EROFS;

    public override Result<MemoryObject> GetMemoryObject(Caller caller, bool shared, bool write, bool execute)
    {
        if (execute && !MayExecute)
        {
            return Errno.EPERM;
        }

        if (!inode.AcquireMemory().TryGet(out ImageMemory? memory, out Errno error))
        {
            return error;
        }

        memory.MappedName ??= MappedNameFor(caller);
        return memory;
    }

    protected override Result<int> Append(Caller caller, ReadOnlySpan<byte> buffer, out long end)
    {
        end = 0;
        return Errno.EROFS;
    }

    protected override Result<long> GetSize() => inode.Size;
}
