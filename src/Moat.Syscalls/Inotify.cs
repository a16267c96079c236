// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Notify;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>inotify_init(2), inotify_add_watch(2), inotify_rm_watch(2).</summary>
public static class Inotify
{
    private const int CurrentDirectory = -100;

    /// <summary>inotify_init(2).</summary>
    [Syscall("inotify_init")]
    public static SysResult Create(Task task) => Create1(task, InotifyFlags.None);

    /// <summary>inotify_init1(2).</summary>
    [Syscall("inotify_init1")]
    public static SysResult Create1(Task task, InotifyFlags flags)
    {
        if ((flags & ~(InotifyFlags.NonBlock | InotifyFlags.CloseOnExec)) != 0)
        {
            return Errno.EINVAL;
        }

        NotifyLimits limits = GuestPath.Vfs(task).NotifyLimits;
        return InotifyFile.Create(task, limits, (flags & InotifyFlags.NonBlock) != 0)
            .TryGet(out OpenFile? file, out Errno error)
            ? task.Files.Install(file, (flags & InotifyFlags.CloseOnExec) != 0) : error;
    }

    /// <summary>inotify_add_watch(2).</summary>
    [Syscall("inotify_add_watch")]
    public static SysResult AddWatch(Task task, int fd, GuestString path, InotifyMask mask)
    {
        if ((mask & ~InotifyMask.Known) != 0 || mask == 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is null)
        {
            return Errno.EBADF;
        }

        const InotifyMask Contradiction = InotifyMask.MaskAdd | InotifyMask.MaskCreate;
        if ((mask & Contradiction) == Contradiction || reference.File is not InotifyFile file)
        {
            return Errno.EINVAL;
        }

        LookupFlags flags = (mask & InotifyMask.DontFollow) != 0 ? LookupFlags.None : LookupFlags.Follow;
        flags |= (mask & InotifyMask.OnlyDirectory) != 0 ? LookupFlags.Directory : LookupFlags.None;
        Errno error = GuestPath.Resolve(task, CurrentDirectory, path, flags, out Location location);
        if (error == Errno.Success)
        {
            error = Permissions.Check(task.Credentials, location.Inode, Vfs.Paths.Access.Read);
        }

        return error == Errno.Success ? file.Watch(location.Dentry, mask) : error;
    }

    /// <summary>inotify_rm_watch(2).</summary>
    [Syscall("inotify_rm_watch")]
    public static SysResult RemoveWatch(Task task, int fd, int descriptor)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return reference.File is not { } opened ? Errno.EBADF
            : opened is InotifyFile file ? file.Unwatch(descriptor) : Errno.EINVAL;
    }
}
