// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Handles;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>name_to_handle_at(2), open_by_handle_at(2).</summary>
public static class FileHandleCalls
{
    private const int CurrentDirectory = -100;

    /// <summary>MAX_HANDLE_SZ.</summary>
    private const int Largest = 128;
    private const ulong HeaderSize = 8;

    // AT_HANDLE_FID and AT_HANDLE_CONNECTABLE.
    private const AtFlags OnlyToCompare = (AtFlags)0x200;
    private const AtFlags Connectable = (AtFlags)2;

    // FILEID_IS_CONNECTABLE and FILEID_IS_DIR: what name_to_handle_at may add to a type.
    private const int KnownUserFlags = 0x30000;
    private const int UserFlags = unchecked((int)0xffff0000);

    /// <summary>name_to_handle_at(2).</summary>
    [Syscall("name_to_handle_at")]
    public static SysResult NameToHandle(
        Task task, int directory, GuestString path, GuestPtr<FileHandleHeader> handle, GuestPtr<int> mountId,
        AtFlags flags)
    {
        const AtFlags Known = AtFlags.SymlinkFollow | AtFlags.EmptyPath | OnlyToCompare | Connectable;
        if ((flags & ~Known) != 0
            || ((flags & Connectable) != 0 && (flags & (OnlyToCompare | AtFlags.EmptyPath)) != 0))
        {
            return Errno.EINVAL;
        }

        LookupFlags lookup = ((flags & AtFlags.SymlinkFollow) != 0 ? LookupFlags.Follow : LookupFlags.None)
            | ((flags & AtFlags.EmptyPath) != 0 ? LookupFlags.EmptyPath : LookupFlags.None);
        Errno error = GuestPath.Resolve(task, directory, path, lookup, out Location place);
        if (error != Errno.Success)
        {
            return error;
        }

        // No file system here finds an inode's parent from a handle.
        if ((flags & Connectable) != 0
            || ((flags & OnlyToCompare) == 0 && place.Dentry.FileSystem.GivenHandles is null))
        {
            return Errno.EOPNOTSUPP;
        }

        error = handle.Read(task.Memory, out FileHandleHeader room);
        if (error != Errno.Success || room.Bytes > Largest)
        {
            return error != Errno.Success ? error : Errno.EINVAL;
        }

        return Answer(task, place, handle, mountId, room.Bytes);
    }

    /// <summary>open_by_handle_at(2).</summary>
    [Syscall("open_by_handle_at")]
    public static SysResult OpenByHandle(
        Task task, int mountFd, GuestPtr<FileHandleHeader> handle, OpenFlags flags)
    {
        Errno error = handle.Read(task.Memory, out FileHandleHeader header);
        if (error != Errno.Success)
        {
            return error;
        }

        if (header.Bytes is 0 or > Largest || header.Type < 0
            || (header.Type & UserFlags & ~KnownUserFlags) != 0)
        {
            return Errno.EINVAL;
        }

        error = Anchor(task, mountFd, out Location anchor);
        bool isPlain = task.Credentials.Has(Capability.DacReadSearch);
        if (error == Errno.Success && !isPlain && !MayOpenDirectories(task.Credentials, anchor, flags))
        {
            error = Errno.EPERM;
        }

        Span<byte> bytes = stackalloc byte[(int)header.Bytes];
        error = error == Errno.Success ? task.Memory.Read(handle.Address + HeaderSize, bytes) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        Dentry? found = FileHandle.Find(anchor.Dentry.FileSystem, bytes);
        if (found is null || (!isPlain && !IsOwnDirectory(task.Credentials, found)))
        {
            return Errno.ESTALE;
        }

        flags = Open.Normalise(flags);
        bool closeOnExec = (flags & OpenFlags.CloseOnExec) != 0;
        if (!task.Files.Reserve(closeOnExec).TryGet(out int fd, out error))
        {
            return error;
        }

        Location place = anchor with { Dentry = found };
        return Open.Finish(task, fd, FileOpener.OpenFound(task, place, flags));
    }

    private static SysResult Answer(
        Task task, Location place, GuestPtr<FileHandleHeader> handle, GuestPtr<int> mountId, uint room)
    {
        Span<byte> bytes = stackalloc byte[FileHandle.Size];
        FileHandle made = FileHandle.Of(place.Inode, place.Dentry);
        made.Write(bytes);
        bool fits = room >= FileHandle.Size;
        Errno error = mountId.Write(task.Memory, place.Mount.Id);
        if (error == Errno.Success)
        {
            error = handle.Write(
                task.Memory, new FileHandleHeader(FileHandle.Size, fits ? made.Type : FileHandle.NoType));
        }

        if (error == Errno.Success && fits)
        {
            error = task.Memory.Write(handle.Address + HeaderSize, bytes);
        }

        return error != Errno.Success ? error : fits ? 0 : Errno.EOVERFLOW;
    }

    private static Errno Anchor(Task task, int fd, out Location anchor)
    {
        anchor = task.FileSystem.WorkingDirectory;
        if (fd == CurrentDirectory)
        {
            return Errno.Success;
        }

        using FileReference reference = task.Files.Borrow(fd);
        anchor = reference.File is { } file ? GuestPath.Vfs(task).LocationOf(file) : default;
        return reference.File is null ? Errno.EBADF : Errno.Success;
    }

    // Since Linux 6.11: directories, for who has privileges over all of the file system.
    private static bool MayOpenDirectories(Credentials credentials, Location anchor, OpenFlags flags) =>
        (flags & OpenFlags.Directory) != 0
        && credentials.Has(Capability.SysAdmin, anchor.Dentry.FileSystem.Owner)
        && credentials.HasOwn(Capability.DacReadSearch);

    private static bool IsOwnDirectory(Credentials credentials, Dentry dentry)
    {
        if (!dentry.Inode.IsDirectory)
        {
            return false;
        }

        for (Dentry at = dentry; ; at = at.Parent)
        {
            if (at.Inode.GetOwnership(out InodeOwnership owner) != Errno.Success
                || !credentials.HasOver(Capability.DacReadSearch, owner.Uid, owner.Gid))
            {
                return false;
            }

            if (at.IsRoot)
            {
                return true;
            }
        }
    }
}
