// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Locks;

namespace Moat.Syscalls.Paths;

/// <summary>F_SETLKW and F_OFD_SETLKW, until the range is free.</summary>
internal readonly struct RangeLockWait(FileLocks locks, RangeLock wanted, bool waits) : IBlockingOperation
{
    public long Progress => 0;

    public Result<long> Attempt(Task task)
    {
        Abi.Errno error = locks.SetRange(wanted);
        if (error == Abi.Errno.EAGAIN && waits && wanted.Owner is not OpenFile
            && locks.TryFindConflict(wanted, out RangeLock conflict)
            && !task.Kernel.LockWaits.TryBegin(wanted.Owner, conflict.Owner))
        {
            return Abi.Errno.EDEADLK;
        }

        return error == Abi.Errno.Success ? 0L : error;
    }
}
