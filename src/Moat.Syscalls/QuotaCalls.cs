// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Quotas;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Paths;
using Moat.Vfs.Quotas;

namespace Moat.Syscalls;

/// <summary>quotactl(2), quotactl_fd(2).</summary>
public static class QuotaCalls
{
    private const int CurrentDirectory = -100;
    private const int CommandShift = 8;
    private const uint TypeMask = 0xff;
    private const uint Types = 3;

    /// <summary>
    /// quotactl(2) by block device: no file system of a sandbox is on one, so it ends where one is named.
    /// </summary>
    [Syscall("quotactl")]
    public static SysResult OfDevice(Task task, uint command, GuestString special, uint id, GuestBuffer data)
    {
        if ((command & TypeMask) >= Types)
        {
            return Errno.EINVAL;
        }

        if (special.IsNull)
        {
            return (QuotaCommand)(command >> CommandShift) == QuotaCommand.Sync ? 0 : Errno.ENODEV;
        }

        Errno error = GuestPath.Resolve(
            task, CurrentDirectory, special, LookupFlags.Follow, out Location place);
        return error != Errno.Success ? error
            : place.Inode.Type != FileType.BlockDevice ? Errno.ENOTBLK
            : (place.Mount.Flags & MountFlags.NoDevices) != 0 ? Errno.EACCES : Errno.ENODEV;
    }

    /// <summary>quotactl_fd(2): of the file system of an open file.</summary>
    [Syscall("quotactl_fd")]
    public static SysResult OfFile(Task task, int fd, uint command, uint id, GuestBuffer data)
    {
        using FileReference reference = task.Files.BorrowAny(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        uint type = command & TypeMask;
        if (type >= Types)
        {
            return Errno.EINVAL;
        }

        Mount mount = GuestPath.Vfs(task).LocationOf(file).Mount;
        var action = (QuotaCommand)(command >> CommandShift);
        if (QuotaActions.IsWrite(action) && mount.IsReadOnly)
        {
            return Errno.EROFS;
        }

        if (mount.FileSystem.GetQuotas() is not { } quotas)
        {
            return Errno.ENOSYS;
        }

        if (!quotas.Has((QuotaType)type))
        {
            return Errno.EINVAL;
        }

        Errno error = QuotaActions.Check(task, action, (QuotaType)type, id);
        return error != Errno.Success ? error
            : QuotaActions.Run(task, quotas, action, (QuotaType)type, id, data);
    }
}
