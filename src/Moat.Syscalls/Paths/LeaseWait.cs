// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs.Locks;

namespace Moat.Syscalls.Paths;

/// <summary>The part of open(2) and truncate(2) that waits until leases in their way are given up.</summary>
internal readonly struct LeaseWait(FileLeases leases, bool write, int breakTime) : IBlockingOperation
{
    public long Progress => 0;

    public Result<long> Attempt(Task task)
    {
        Abi.Errno error = leases.Break(write, breakTime, out _);
        return error == Abi.Errno.Success ? 0L : error;
    }
}
