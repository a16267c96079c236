// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>access(2), faccessat(2), faccessat2(2).</summary>
public static class Access
{
    private const int CurrentDirectory = -100;

    /// <summary>access(2).</summary>
    [Syscall("access")]
    public static SysResult AccessPath(Task task, GuestString path, uint mode) =>
        Check(task, CurrentDirectory, path, mode, AtFlags.None);

    /// <summary>faccessat(2), the call without flags.</summary>
    [Syscall("faccessat")]
    public static SysResult AccessAt(Task task, int directory, GuestString path, uint mode) =>
        Check(task, directory, path, mode, AtFlags.None);

    /// <summary>faccessat2(2).</summary>
    [Syscall("faccessat2")]
    public static SysResult AccessAt2(Task task, int directory, GuestString path, uint mode, AtFlags flags) =>
        (flags & ~(AtFlags.RemoveDirectoryOrEffectiveAccess | AtFlags.SymlinkNoFollow | AtFlags.EmptyPath))
            != 0
            ? Errno.EINVAL : Check(task, directory, path, mode, flags);

    private static SysResult Check(Task task, int directory, GuestString path, uint mode, AtFlags flags)
    {
        if ((mode & ~7u) != 0)
        {
            return Errno.EINVAL;
        }

        Credentials own = task.Credentials;
        bool asReal = (flags & AtFlags.RemoveDirectoryOrEffectiveAccess) == 0;
        if (asReal)
        {
            task.Credentials = AsReal(own);
        }

        Errno error = GuestPath.Resolve(task, directory, path, GuestPath.LookupFlagsOf(flags),
            out Location location);
        if (error == Errno.Success && mode != 0)
        {
            error = CheckRights(task, location, (Vfs.Paths.Access)mode);
        }

        task.Credentials = own;
        return error;
    }

    private static Errno CheckRights(Task task, Location location, Vfs.Paths.Access access)
    {
        bool isServed = location.Inode.FileSystem.IsServed;
        Errno error = isServed ? location.Inode.Refresh(task, forPermission: true) : Errno.Success;
        error = error == Errno.Success ? Permissions.Check(task.Credentials, location, access) : error;
        return error == Errno.Success && isServed ? location.Inode.CheckAccess(task, access) : error;
    }

    /// <summary>The caller with its real ids, and the capabilities those would have.</summary>
    private static Credentials AsReal(Credentials own)
    {
        if (own.FsUid == own.Uid && own.FsGid == own.Gid)
        {
            return own;
        }

        return own with
        {
            FsUid = own.Uid, FsGid = own.Gid, Effective = own.Uid == own.Space.RootUid ? own.Permitted : 0,
        };
    }
}
