// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Locks;

namespace Moat.Syscalls;

/// <summary>flock(2).</summary>
public static class Flock
{
    /// <summary>flock(2).</summary>
    [Syscall("flock")]
    public static SysResult Lock(Task task, int fd, FlockOperation operation)
    {
        bool wait = (operation & FlockOperation.NonBlock) == 0;
        LockMode mode;
        switch (operation & ~FlockOperation.NonBlock)
        {
            case FlockOperation.Shared:
                mode = LockMode.Shared;
                break;
            case FlockOperation.Exclusive:
                mode = LockMode.Exclusive;
                break;
            case FlockOperation.Unlock:
                mode = LockMode.None;
                break;
            default:
                return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        if (file.Location is not { } place)
        {
            return 0;
        }

        FileLocks locks = place.Inode.Locks;
        var attempt = new FlockWait(locks, file, mode, wait);
        SysResult result = BlockingIo.Run(task, wait ? locks.WaitQueue : null, PollEvents.All, ref attempt,
            Deadline.Never);
        attempt.End();
        return result;
    }
}
