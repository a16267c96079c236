// SPDX-License-Identifier: Apache-2.0
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Kernel.Tasks;

/// <summary>One guest thread.</summary>
public sealed class Task : Caller
{
    /// <inheritdoc/>
    public override UserMemory Memory => throw new System.InvalidOperationException();

    /// <summary>
    /// Sleeps until <see cref="WakeUp"/>, a signal or the deadline. The one place where a task blocks. Register on
    /// wait queues first, check the condition, then block; look again after Woken. No lock may be held.
    /// </summary>
    public BlockResult Block(Deadline deadline) => BlockResult.Interrupted;

    /// <summary>Ends a <see cref="Block"/>, the present one or the next. Callable from any thread.</summary>
    public void WakeUp()
    {
    }
}
