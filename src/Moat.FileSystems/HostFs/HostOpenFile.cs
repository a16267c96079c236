// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.FileSystems.HostFs;

/// <summary>An open regular file of the host.</summary>
/// <remarks>Invariants: holds one reference on its content, taken over from its maker.</remarks>
internal sealed class HostOpenFile(HostInode inode, HostContent content, Location location, OpenFlags flags)
    : SeekableFile(location, flags, inode)
{

    public override Result<InodeAttributes> GetAttributes()
    {
        Errno error = inode.GetAttributes(content, out InodeAttributes attributes);
        return error == Errno.Success ? attributes : error;
    }

    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset) =>
        HostFile.Pread(content.HostFd, buffer, offset);

    public override Result<int> WriteContent(Caller caller, ReadOnlySpan<byte> buffer, long offset) =>
        Synced(Write(buffer, offset));

    // A descriptor for reading serves too: what others have written through theirs is to be on the disk.
    public override Errno Sync(bool dataOnly) =>
        inode.Options.IsWritable ? HostFile.Sync(content.HostFd, dataOnly) : Errno.Success;

    public override Errno Truncate(Caller caller, long length)
    {
        if (length < 0 || !CanWrite)
        {
            return Errno.EINVAL;
        }

        Errno error = AttributeOperations.CheckNewSize(caller, inode, length);
        return error == Errno.Success
            ? LayerWrites.Truncate(inode.Host.Usage, content.HostFd, length) : error;
    }

    public override Errno Allocate(Caller caller, int mode, long offset, long length) =>
        inode.Host.Usage is { } usage
            ? LayerWrites.Allocate(usage, content, (uint)mode, offset, length)
            : HostFile.Allocate(content.HostFd, (uint)mode, offset, length);

    public override Result<MemoryObject> GetMemoryObject(Caller caller, bool shared, bool write, bool execute)
    {
        if (execute && !MayExecute)
        {
            return Errno.EPERM;
        }

        Errno error = shared && CanWrite && inode.Host.Usage is { } usage
            ? LayerWrites.Map(usage, content) : Errno.Success;
        if (error != Errno.Success)
        {
            return error;
        }

        content.MappedName ??= MappedNameFor(caller);
        content.AddReference();
        return content;
    }

    protected override Result<int> Append(Caller caller, ReadOnlySpan<byte> buffer, out long end)
    {
        Result<int> result;
        using (inode.Contents.Lock.Enter())
        {
            end = 0;
            if (!GetSize().TryGet(out long size, out Errno error))
            {
                return error;
            }

            result = Write(buffer, size);
            end = size + (result.IsOk ? result.Value : 0);
        }

        return Synced(result);
    }

    public override Result<long> SeekData(long offset, int whence) =>
        HostFile.Seek(content.HostFd, offset, whence);

    protected override Result<long> GetSize()
    {
        Result<InodeAttributes> attributes = GetAttributes();
        return attributes.IsOk ? attributes.Value.Size : attributes.Error;
    }

    private Result<int> Write(ReadOnlySpan<byte> buffer, long offset) =>
        inode.Host.Usage is { } usage ? LayerWrites.Write(usage, content, buffer, offset)
            : HostFile.Pwrite(content.HostFd, buffer, offset);

    /// <summary>O_DSYNC, and O_SYNC, which has its bit too: what was written is on the disk.</summary>
    private Result<int> Synced(Result<int> written)
    {
        if ((Flags & OpenFlags.DataSync) == 0 || !written.IsOk || written.Value == 0)
        {
            return written;
        }

        bool dataOnly = (Flags & OpenFlags.Sync) != OpenFlags.Sync;
        Errno error = HostFile.Sync(content.HostFd, dataOnly);
        return error == Errno.Success ? written : error;
    }

    protected override void Destroy()
    {
        base.Destroy();
        content.Release();
    }
}
