// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs;

namespace Moat.Kernel.Tasks;

/// <summary>A wait queue entry that wakes a blocked task.</summary>
public sealed class TaskWaiter : Waiter
{
    private readonly Task _task;

    /// <summary>An entry for a task, interested in the given events.</summary>
    public TaskWaiter(Task task, PollEvents interest)
    {
        _task = task;
        Interest = interest;
    }

    /// <summary>The task that is woken.</summary>
    public Task Task => _task;

    /// <inheritdoc/>
    public override bool Notify(PollEvents events)
    {
        _task.WakeUp();
        return false;
    }
}
