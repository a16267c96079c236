// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls.Paths;

/// <summary>The part of open(2) that waits: for the other end of a FIFO.</summary>
internal readonly struct OpenOperation(OpenFile file) : IBlockingOperation
{
    public long Progress => 0;

    public Result<long> Attempt(Task task)
    {
        Abi.Errno error = file.CompleteOpen(task);
        return error == Abi.Errno.Success ? 0L : error;
    }
}
