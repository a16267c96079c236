// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls.Rings;

/// <summary>Waits until the guest can take so many completions.</summary>
internal readonly struct RingWaitOperation(RingFile ring, uint least) : IBlockingOperation
{
    /// <inheritdoc/>
    public long Progress => 0;

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        ring.Completions.Flush();
        return ring.Completions.Ready >= least ? 0L : Errno.EAGAIN;
    }
}
