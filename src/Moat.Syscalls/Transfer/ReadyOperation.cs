// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls.Transfer;

/// <summary>Waits until a file is ready for one of some events.</summary>
internal readonly struct ReadyOperation(OpenFile file, PollEvents events) : IBlockingOperation
{
    /// <summary>The events waited for.</summary>
    internal PollEvents Events => events;

    /// <inheritdoc/>
    public long Progress => 0;

    /// <inheritdoc/>
    public Result<long> Attempt(Task task) => (file.Poll(task) & events) != 0 ? 0L : Errno.EAGAIN;
}
