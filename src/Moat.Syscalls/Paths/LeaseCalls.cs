// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Events;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Locks;

namespace Moat.Syscalls.Paths;

/// <summary>F_SETLEASE and F_GETLEASE of fcntl(2).</summary>
internal static class LeaseCalls
{
    internal static SysResult Set(Task task, OpenFile file, int fd, int argument)
    {
        var mode = (LockMode)argument;
        if (argument is < 0 or > (int)LockMode.None)
        {
            return Errno.EINVAL;
        }

        if (file.Location is not { } place)
        {
            return Errno.EINVAL;
        }

        Errno error = place.Inode.GetOwnership(out InodeOwnership owner);
        if (error != Errno.Success)
        {
            return error;
        }

        if (task.Credentials.FsUid != owner.Uid && !task.Credentials.Has(Capability.Lease))
        {
            return Errno.EACCES;
        }

        if (place.Inode.Type != FileType.Regular)
        {
            return Errno.EINVAL;
        }

        if (mode == LockMode.None)
        {
            return GiveUp(file, place.Inode);
        }

        error = place.Inode.Locks.Leases.Set(
            file, place.Inode, mode, task.Group.ProcessId, new LeaseSignal(task.Kernel, file, fd));
        if (error == Errno.Success && file.SignalOwner.Id == 0)
        {
            Credentials own = task.Credentials;
            file.SignalOwner =
                new FileOwner(FileOwnerKind.Process, task.Group.ProcessId, own.Uid, own.EffectiveUid);
        }

        return error;
    }

    internal static SysResult Get(OpenFile file) =>
        (int)(file.Location?.Inode.ExistingLocks?.PresentLeases?.Get(file) ?? LockMode.None);

    private static Errno GiveUp(OpenFile file, Inode inode)
    {
        if (inode.ExistingLocks?.PresentLeases?.Remove(file) != true)
        {
            return Errno.EAGAIN;
        }

        // As on Linux nobody is told of anything any more.
        file.SignalOwner = default;
        file.SignalNumber = 0;
        return Errno.Success;
    }
}
