// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>A task's place in a futex queue.</summary>
public sealed class TaskFutexWaiter : FutexWaiter
{
    private readonly Task _task;

    /// <summary>The waiter of a task.</summary>
    public TaskFutexWaiter(Task task) => _task = task;

    /// <inheritdoc/>
    protected override void OnWoken() => _task.WakeUp();
}
