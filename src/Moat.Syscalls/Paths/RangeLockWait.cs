// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Locks;

namespace Moat.Syscalls.Paths;

/// <summary>F_SETLKW and F_OFD_SETLKW, until the range is free.</summary>
internal struct RangeLockWait(FileLocks locks, RangeLock wanted, bool waits) : IBlockingOperation
{
    private LockWaiter? _waiter;

    public readonly long Progress => 0;

    public Result<long> Attempt(Task task)
    {
        Abi.Errno error = locks.SetRange(wanted, _waiter);
        if (error != Abi.Errno.EAGAIN || !waits)
        {
            return error == Abi.Errno.Success ? 0L : error;
        }

        // It is the next attempt that begins to wait.
        _waiter ??= new LockWaiter(FileLocks.Describe(wanted));
        return wanted.Owner is not OpenFile && locks.TryFindConflict(wanted, out RangeLock conflict)
            && !task.Kernel.LockWaits.TryBegin(_waiter, wanted.Owner, conflict.Owner)
            ? Abi.Errno.EDEADLK : error;
    }

    /// <summary>It waits no longer.</summary>
    internal readonly void End(Task task)
    {
        if (_waiter is not null)
        {
            locks.EndWait(_waiter);
            task.Kernel.LockWaits.End(_waiter, wanted.Owner);
        }
    }
}
