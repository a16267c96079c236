// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs.Acls;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// The extended attributes of host files that a guest has to do with: those of the name space user, of
/// regular files and directories; <see cref="HostAcls"/> are apart.
/// </summary>
/// <remarks>
/// What else the host keeps there is not shown: capabilities and labels of the host mean nothing inside, and
/// what a guest could set would mean something outside.
/// </remarks>
internal static class HostXattrs
{
    private const int MaximumList = 65536;

    private static ReadOnlySpan<byte> Prefix => "user."u8;

    internal static Result<int> Get(HostInode inode, ReadOnlySpan<byte> name, Span<byte> value)
    {
        if (!IsShown(inode, name))
        {
            return Errno.ENODATA;
        }

        Result<int> fd = Open(inode);
        if (!fd.IsOk)
        {
            return fd;
        }

        Result<int> size = HostXattr.Get(fd.Value, name, value);
        HostFile.Close(fd.Value);
        return size;
    }

    internal static Errno Set(HostInode inode, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags)
    {
        if (!IsShown(inode, name) || !inode.Options.IsWritable)
        {
            return inode.Options.IsWritable ? Errno.EOPNOTSUPP : Errno.EROFS;
        }

        Result<int> fd = Open(inode);
        if (!fd.IsOk)
        {
            return fd.Error;
        }

        LayerUsage? usage = inode.Host.Usage;
        bool hasRoom = usage is null || usage.TryReserve(MaximumList);
        Errno error = hasRoom ? HostXattr.Set(fd.Value, name, value, flags) : Errno.ENOSPC;
        if (usage is not null && hasRoom)
        {
            usage.Count(fd.Value);
            usage.GiveBack(MaximumList);
        }

        HostFile.Close(fd.Value);
        return error;
    }

    internal static Errno Remove(HostInode inode, ReadOnlySpan<byte> name)
    {
        if (!IsShown(inode, name) || !inode.Options.IsWritable)
        {
            return inode.Options.IsWritable ? Errno.EOPNOTSUPP : Errno.EROFS;
        }

        Result<int> fd = Open(inode);
        if (!fd.IsOk)
        {
            return fd.Error;
        }

        Errno error = HostXattr.Remove(fd.Value, name);
        HostFile.Close(fd.Value);
        return error;
    }

    internal static Result<int> List(HostInode inode, Span<byte> names)
    {
        if (inode.Type is not (FileType.Regular or FileType.Directory))
        {
            return 0;
        }

        Result<int> fd = Open(inode);
        if (!fd.IsOk)
        {
            // The host does not let the kernel process read it; there is nothing that it could show.
            return 0;
        }

        byte[] all = ArrayPool<byte>.Shared.Rent(MaximumList);
        Result<int> length = HostXattr.List(fd.Value, all);
        HostFile.Close(fd.Value);
        Result<int> shown = length.IsOk ? Choose(all.AsSpan(0, length.Value), names, inode.MayHaveAcls) : 0;
        ArrayPool<byte>.Shared.Return(all);
        return shown;
    }

    private static bool IsShown(HostInode inode, ReadOnlySpan<byte> name) =>
        inode.Type is FileType.Regular or FileType.Directory && name.StartsWith(Prefix);

    private static Result<int> Choose(ReadOnlySpan<byte> all, Span<byte> names, bool showsAcls)
    {
        bool isQuery = names.IsEmpty;
        int length = 0;
        while (all.IndexOf((byte)0) is var end and >= 0)
        {
            ReadOnlySpan<byte> name = all[..(end + 1)];
            all = all[(end + 1)..];
            if (!name.StartsWith(Prefix) && !(showsAcls && AclOperations.IsAcl(name[..^1], out _)))
            {
                continue;
            }

            if (!isQuery)
            {
                if (names.Length - length < name.Length)
                {
                    return Errno.ERANGE;
                }

                name.CopyTo(names[length..]);
            }

            length += name.Length;
        }

        return length;
    }

    // A descriptor of its own: what is open already may be closed by somebody else meanwhile.
    internal static Result<int> Open(HostInode inode)
    {
        if (inode.Type == FileType.Directory)
        {
            return OpenDirectory(inode);
        }

        Result<int> open = inode.Contents.DuplicateAny();
        if (open.IsOk)
        {
            return open;
        }

        Result<int> fd = inode.OpenVerified(OpenFlags.ReadOnly);
        return fd.Error == Errno.EACCES ? inode.OpenVerified(OpenFlags.WriteOnly) : fd;
    }

    private static Result<int> OpenDirectory(HostInode inode)
    {
        if (!inode.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        Result<int> fd = HostListing.Open(inode, handle);
        handle.Release();
        return fd;
    }
}
