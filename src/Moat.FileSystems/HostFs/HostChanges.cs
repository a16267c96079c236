// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;
using Fields = Moat.Vfs.AttributeChange.Fields;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// Changes to writable volumes. Nothing here follows a symbolic link, whoever may have put one there.
/// </summary>
internal static class HostChanges
{
    private const long UtimeOmit = 0x3ffffffe;

    internal static Result<Inode> Create(HostInode directory, ReadOnlySpan<byte> name,
        in InodeCreation creation)
    {
        if (!directory.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        int fd = -1;
        bool isWhiteout = directory.Options.IsLayer && creation.Type == FileType.CharacterDevice
            && creation.SpecialDeviceId == 0;
        error = creation.Type == FileType.Regular
            ? MakeRegular(handle.Fd, name, creation.Mode & StatMode.PermissionMask, out fd)
            : isWhiteout ? HostPath.MakeNode(handle.Fd, name, creation.Mode, 0)
            : Make(handle.Fd, name, creation);
        if (error == Errno.Success)
        {
            SetOwner(handle.Fd, name, creation);
            if (directory.Options.IsLayer && creation.Type != FileType.Symlink)
            {
                error = FixMode(handle.Fd, name, fd, creation.Mode);
            }
        }

        handle.Release();
        Result<Inode> made = error == Errno.Success ? directory.Find(name) : error;
        if (fd < 0)
        {
            return made;
        }

        if (!made.IsOk || !creation.OpensNext || made.Value is not HostInode file)
        {
            HostFile.Close(fd);
            return made;
        }

        error = file.Contents.Adopt(fd);
        return error == Errno.Success ? made : error;
    }

    internal static Errno Link(HostInode directory, ReadOnlySpan<byte> name, HostInode target)
    {
        if (target.Place?.Count >= HostPlace.Most)
        {
            return Errno.EMLINK;
        }

        Errno error = target.Place is { } place
            ? WithDirectories(
                place.Parent, place.Name, directory, name, static (from, oldName, to, newName, _) =>
                    HostPath.Link(from, oldName, to, newName, 0), 0)
            : HostTemporary.Link(directory, name, target);
        if (error == Errno.Success)
        {
            target.AddPlace(new HostPlace(directory, name.ToArray()));
        }

        return error;
    }

    internal static Errno Remove(HostInode directory, ReadOnlySpan<byte> name, HostInode victim, uint flags)
    {
        if (!directory.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        victim.RememberAttributes();
        LayerUsage? usage = directory.Host.Usage;
        ulong? last = usage is null ? null : LayerWrites.BeforeRemoval(victim);
        error = HostPath.Unlink(handle.Fd, name, flags);
        handle.Release();
        if (error == Errno.Success)
        {
            victim.ReplacePlace(directory, name, null);
            if (last is { } number)
            {
                usage!.Removed(number);
            }
        }

        return error;
    }

    internal static Errno Rename(
        HostInode oldParent, ReadOnlySpan<byte> oldName, HostInode source, HostInode newParent,
        ReadOnlySpan<byte> newName, HostInode? victim, RenameFlags flags)
    {
        if ((flags & RenameFlags.WhiteOut) != 0 && !oldParent.Options.IsLayer)
        {
            return Errno.EINVAL;
        }

        bool exchanged = (flags & RenameFlags.Exchange) != 0;
        LayerUsage? usage = oldParent.Host.Usage;
        ulong? last = usage is null || exchanged ? null : LayerWrites.BeforeRemoval(victim);
        Errno error = WithDirectories(
            oldParent, oldName, newParent, newName, static (from, oldPath, to, newPath, extra) =>
                HostPath.Rename(from, oldPath, to, newPath, extra), (uint)flags);
        if (error == Errno.Success)
        {
            source.ReplacePlace(oldParent, oldName, new HostPlace(newParent, newName.ToArray()));
            victim?.ReplacePlace(
                newParent, newName, exchanged ? new HostPlace(oldParent, oldName.ToArray()) : null);
            if (last is { } number)
            {
                usage!.Removed(number);
            }

            if (usage is not null)
            {
                LayerWrites.CountDirectory(usage, newParent);
            }
        }

        return error;
    }

    internal static Errno SetAttributes(HostInode inode, in AttributeChange change)
    {
        // Of a single file that is mounted read-only the host would allow it: the mount's flags are not all.
        Errno error = inode.Options.IsWritable ? Errno.Success : Errno.EROFS;
        if (error == Errno.Success && change.Has(Fields.Size))
        {
            error = Truncate(inode, change.Size);
        }

        if (error == Errno.Success && change.Has(Fields.Uid | Fields.Gid))
        {
            error = ChangeOwner(inode, change);
        }

        if (error == Errno.Success && change.Has(Fields.Mode))
        {
            error = ChangeMode(inode, change.Mode);
        }

        if (error == Errno.Success && change.Has(Fields.AccessTime | Fields.ModifyTime))
        {
            error = SetTimes(inode, change);
        }

        return error;
    }

    private static Errno Make(int directoryFd, ReadOnlySpan<byte> name, in InodeCreation creation)
    {
        uint permissions = creation.Mode & StatMode.PermissionMask;
        switch (creation.Type)
        {
            case FileType.Directory:
                return HostPath.MakeDirectory(directoryFd, name, permissions);
            case FileType.Symlink:
                return HostPath.Symlink(creation.LinkTarget, directoryFd, name);
            case FileType.Fifo or FileType.Socket:
                return HostPath.MakeNode(directoryFd, name, creation.Mode, 0);
            default:
                // No device nodes on the host.
                return Errno.EPERM;
        }
    }

    /// <summary>
    /// Gives a new file to who made it, where the kernel process may (it is root's on the host); otherwise
    /// all files belong to the sandbox's own user.
    /// </summary>
    private static void SetOwner(int directoryFd, ReadOnlySpan<byte> name, in InodeCreation creation)
    {
        if (HostPath.Stat(directoryFd, name, HostAttributes.NoFollow, out HostStatx stat) != Errno.Success
            || (stat.Uid == creation.Uid && stat.Gid == creation.Gid))
        {
            return;
        }

        _ = HostPath.ChangeOwner(directoryFd, name, creation.Uid, creation.Gid, HostPath.NoFollow);
    }

    /// <summary>
    /// The host clears set-id bits for a new owner and adds its own in a set-group-id directory.
    /// </summary>
    private static Errno FixMode(int directoryFd, ReadOnlySpan<byte> name, int fd, uint mode)
    {
        mode &= StatMode.PermissionMask;
        Errno error = HostPath.Stat(directoryFd, name, HostAttributes.NoFollow, out HostStatx stat);
        if (error != Errno.Success || (stat.Mode & StatMode.PermissionMask) == mode)
        {
            return error;
        }

        error = fd >= 0 ? HostFile.ChangeMode(fd, mode)
            : HostPath.ChangeMode(directoryFd, name, mode, HostPath.NoFollow);
        return error == Errno.ENOSYS ? Errno.Success : error;
    }

    private static Errno MakeRegular(int directoryFd, ReadOnlySpan<byte> name, uint permissions, out int fd)
    {
        const OpenFlags New = OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.ReadWrite
            | OpenFlags.NoFollow | OpenFlags.CloseOnExec;
        Result<int> opened = HostAttributes.OpenStep(directoryFd, name, New, permissions);
        fd = opened.IsOk ? opened.Value : -1;
        return opened.Error;
    }

    private static Errno Truncate(HostInode inode, long size)
    {
        if (inode.Type != FileType.Regular)
        {
            return Errno.EINVAL;
        }

        if (!inode.Contents.Acquire(write: true).TryGet(out HostContent? content, out Errno error))
        {
            return error;
        }

        error = LayerWrites.Truncate(inode.Host.Usage, content.HostFd, size);
        content.Release();
        return error;
    }

    private static Errno ChangeMode(HostInode inode, uint mode)
    {
        if (inode.Place is not { } place)
        {
            return ChangeModeOpened(inode, mode);
        }

        if (!place.Parent.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        error = HostPath.ChangeMode(handle.Fd, place.Name, mode, HostPath.NoFollow);
        handle.Release();
        return error == Errno.ENOSYS ? ChangeModeOpened(inode, mode) : error;
    }

    // Before Linux 6.6 chmod by name follows a link that somebody else may have put there meanwhile: then by
    // descriptor, which FIFOs and sockets get none of.
    private static Errno ChangeModeOpened(HostInode inode, uint mode)
    {
        if (inode.Type is not (FileType.Regular or FileType.Directory))
        {
            return Errno.EPERM;
        }

        if (!HostXattrs.Open(inode).TryGet(out int fd, out Errno error))
        {
            return error;
        }

        error = HostFile.ChangeMode(fd, mode);
        HostFile.Close(fd);
        return error;
    }

    private static Errno ChangeOwner(HostInode inode, in AttributeChange change)
    {
        uint uid = change.Has(Fields.Uid) ? change.Uid : uint.MaxValue;
        uint gid = change.Has(Fields.Gid) ? change.Gid : uint.MaxValue;
        if (inode.Place is null && inode.Contents.TryAcquireAny() is { } open)
        {
            Errno changed = HostPath.ChangeOwner(open.HostFd, [], uid, gid, HostPath.EmptyPath);
            open.Release();
            return changed;
        }

        if (!OpenPlace(inode, out HostDirectoryHandle? handle, out byte[] name, out Errno error))
        {
            return error;
        }

        error = HostPath.ChangeOwner(
            handle!.Fd, name, uid, gid, name.Length == 0 ? HostPath.EmptyPath : HostPath.NoFollow);
        handle.Release();
        return error;
    }

    private static Errno SetTimes(HostInode inode, in AttributeChange change)
    {
        Timespec omit = new(0, UtimeOmit);
        Timespec access = change.Has(Fields.AccessTime) ? change.AccessTime : omit;
        Timespec modify = change.Has(Fields.ModifyTime) ? change.ModifyTime : omit;
        if (inode.Place is null && inode.Contents.TryAcquireAny() is { } open)
        {
            Errno changed = HostPath.SetTimes(open.HostFd, [], access, modify, 0);
            open.Release();
            return changed;
        }

        if (!OpenPlace(inode, out HostDirectoryHandle? handle, out byte[] name, out Errno error))
        {
            return error;
        }

        error = HostPath.SetTimes(
            handle!.Fd, name.Length == 0 ? "."u8 : name, access, modify, HostPath.NoFollow);
        handle.Release();
        return error;
    }

    /// <summary>The directory and name of an inode; its own handle and no name for the root.</summary>
    private static bool OpenPlace(
        HostInode inode, out HostDirectoryHandle? handle, out byte[] name, out Errno error)
    {
        HostPlace? place = inode.Place;
        name = place?.Name ?? [];
        return (place?.Parent ?? inode).AcquireDirectory().TryGet(out handle, out error);
    }

    private static Errno WithDirectories(
        HostInode first, ReadOnlySpan<byte> firstName, HostInode second, ReadOnlySpan<byte> secondName,
        TwoNames call, uint flags)
    {
        if (!first.AcquireDirectory().TryGet(out HostDirectoryHandle? from, out Errno error))
        {
            return error;
        }

        Result<HostDirectoryHandle> to = second.AcquireDirectory();
        error = to.IsOk ? call(from.Fd, firstName, to.Value.Fd, secondName, flags) : to.Error;
        from.Release();
        if (to.IsOk)
        {
            to.Value.Release();
        }

        return error;
    }

    private delegate Errno TwoNames(
        int firstFd, ReadOnlySpan<byte> firstName, int secondFd, ReadOnlySpan<byte> secondName, uint flags);
}
