// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Locks;

namespace Moat.Syscalls.Paths;

/// <summary>flock(2), until the lock is free.</summary>
internal struct FlockWait(FileLocks locks, OpenFile file, LockMode mode, bool waits) : IBlockingOperation
{
    private LockWaiter? _waiter;

    public readonly long Progress => 0;

    public Result<long> Attempt(Task task)
    {
        int process = task.Group.ProcessId;
        Abi.Errno error = locks.SetFlock(file, mode, process, _waiter);
        if (error == Abi.Errno.EAGAIN && waits && _waiter is null)
        {
            // It is the next attempt that begins to wait.
            _waiter = new LockWaiter(new ListedLock(ListedLockKind.Flock, mode, process, file, file));
        }

        return error == Abi.Errno.Success ? 0L : error;
    }

    /// <summary>It waits no longer.</summary>
    internal readonly void End()
    {
        if (_waiter is not null)
        {
            locks.EndWait(_waiter);
        }
    }
}
