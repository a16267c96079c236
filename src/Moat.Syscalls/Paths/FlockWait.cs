// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Locks;

namespace Moat.Syscalls.Paths;

/// <summary>flock(2), until the lock is free.</summary>
internal readonly struct FlockWait(FileLocks locks, OpenFile file, LockMode mode) : IBlockingOperation
{
    public long Progress => 0;

    public Result<long> Attempt(Task task)
    {
        Abi.Errno error = locks.SetFlock(file, mode);
        return error == Abi.Errno.Success ? 0L : error;
    }
}
