// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>chmod(2), chown(2), truncate(2), umask(2) and their other forms.</summary>
public static class Attributes
{
    private const int CurrentDirectory = -100;

    /// <summary>chmod(2).</summary>
    [Syscall("chmod")]
    public static SysResult ChangeMode(Task task, GuestString path, uint mode) =>
        ChangeModeAt2(task, CurrentDirectory, path, mode, AtFlags.None);

    /// <summary>fchmodat(2), the call without flags.</summary>
    [Syscall("fchmodat")]
    public static SysResult ChangeModeAt(Task task, int directory, GuestString path, uint mode) =>
        ChangeModeAt2(task, directory, path, mode, AtFlags.None);

    /// <summary>fchmodat2(2).</summary>
    [Syscall("fchmodat2")]
    public static SysResult ChangeModeAt2(Task task, int directory, GuestString path, uint mode,
        AtFlags flags)
    {
        if ((flags & ~(AtFlags.SymlinkNoFollow | AtFlags.EmptyPath)) != 0)
        {
            return Errno.EINVAL;
        }

        Errno error = GuestPath.Resolve(task, directory, path, GuestPath.LookupFlagsOf(flags),
            out Location location);
        return error == Errno.Success ? AttributeOperations.ChangeMode(task, location, mode) : error;
    }

    /// <summary>fchmod(2).</summary>
    [Syscall("fchmod")]
    public static SysResult ChangeFileMode(Task task, int fd, uint mode)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return reference.File is not { } file ? Errno.EBADF
            : AttributeOperations.ChangeMode(task, GuestPath.Vfs(task).LocationOf(file), mode);
    }

    /// <summary>chown(2).</summary>
    [Syscall("chown")]
    public static SysResult ChangeOwner(Task task, GuestString path, uint uid, uint gid) =>
        ChangeOwnerAt(task, CurrentDirectory, path, uid, gid, AtFlags.None);

    /// <summary>lchown(2).</summary>
    [Syscall("lchown")]
    public static SysResult ChangeLinkOwner(Task task, GuestString path, uint uid, uint gid) =>
        ChangeOwnerAt(task, CurrentDirectory, path, uid, gid, AtFlags.SymlinkNoFollow);

    /// <summary>fchownat(2).</summary>
    [Syscall("fchownat")]
    public static SysResult ChangeOwnerAt(
        Task task, int directory, GuestString path, uint uid, uint gid, AtFlags flags)
    {
        if ((flags & ~(AtFlags.SymlinkNoFollow | AtFlags.EmptyPath)) != 0)
        {
            return Errno.EINVAL;
        }

        Errno error = GuestPath.Resolve(task, directory, path, GuestPath.LookupFlagsOf(flags),
            out Location location);
        return error == Errno.Success ? ChangeOwner(task, location, uid, gid) : error;
    }

    /// <summary>fchown(2).</summary>
    [Syscall("fchown")]
    public static SysResult ChangeFileOwner(Task task, int fd, uint uid, uint gid)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return reference.File is not { } file ? Errno.EBADF
            : ChangeOwner(task, GuestPath.Vfs(task).LocationOf(file), uid, gid);
    }

    // An id that the caller's user namespace does not map cannot be named.
    private static SysResult ChangeOwner(Task task, Location location, uint uid, uint gid) =>
        task.TryReadUid(ref uid) && task.TryReadGid(ref gid)
            ? AttributeOperations.ChangeOwner(task, location, uid, gid) : Errno.EINVAL;

    /// <summary>truncate(2).</summary>
    [Syscall("truncate")]
    public static SysResult Truncate(Task task, GuestString path, long length)
    {
        if (length < 0)
        {
            return Errno.EINVAL;
        }

        Errno error = GuestPath.Resolve(task, path, out Location location);
        return error == Errno.Success ? AttributeOperations.TruncatePath(task, location, length) : error;
    }

    /// <summary>umask(2).</summary>
    [Syscall("umask")]
    public static SysResult SetUmask(Task task, uint mask) => (long)task.FileSystem.ExchangeUmask(mask);
}
