// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;

namespace Moat.FileSystems.HostFs;

/// <summary>Files without a name on writable volumes (O_TMPFILE), and giving them one.</summary>
internal static class HostTemporary
{
    /// <summary>Makes one; it comes with a use, and with its descriptor for the open that follows.</summary>
    internal static Result<Inode> Create(HostInode directory, in InodeCreation creation)
    {
        if (!directory.Options.IsWritable)
        {
            return Errno.EROFS;
        }

        if (!directory.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        OpenFlags flags = OpenFlags.TemporaryFile | OpenFlags.ReadWrite | OpenFlags.CloseOnExec
            | (creation.StaysNameless ? OpenFlags.Exclusive : 0);
        Result<int> opened = HostAttributes.OpenStep(
            handle.Fd, "."u8, flags, creation.Mode & StatMode.PermissionMask);
        handle.Release();
        if (!opened.TryGet(out int fd, out error))
        {
            return error;
        }

        error = HostPath.Stat(fd, [], HostPath.EmptyPath, out HostStatx stat, HostAttributes.Mask);
        if (error == Errno.Success && (stat.Uid != creation.Uid || stat.Gid != creation.Gid))
        {
            // To who made it, where the kernel process may, as with files that have a name.
            _ = HostPath.ChangeOwner(fd, [], creation.Uid, creation.Gid, HostPath.EmptyPath);
        }

        if (error != Errno.Success)
        {
            HostFile.Close(fd);
            return error;
        }

        HostInode inode = HostInode.CreateNameless(directory.Host, fd, stat);
        error = inode.Contents.Adopt(fd);
        if (error != Errno.Success)
        {
            return error;
        }

        inode.AddUse();
        return inode;
    }

    /// <summary>
    /// Gives a first name to a file that is open. The host allows that to who has opened it since Linux 6.10;
    /// before it wants a capability (linkat(2), AT_EMPTY_PATH), and says ENOENT.
    /// </summary>
    internal static Errno Link(HostInode directory, ReadOnlySpan<byte> name, HostInode target)
    {
        if (target.Contents.TryAcquireAny() is not { } content)
        {
            return Errno.ENOENT;
        }

        Result<HostDirectoryHandle> handle = directory.AcquireDirectory();
        Errno error = handle.IsOk
            ? HostPath.Link(content.HostFd, [], handle.Value.Fd, name, HostPath.EmptyPath) : handle.Error;
        content.Release();
        if (handle.IsOk)
        {
            handle.Value.Release();
        }

        return error;
    }
}
