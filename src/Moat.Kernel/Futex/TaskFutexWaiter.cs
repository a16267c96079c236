// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>A task's place in a futex queue, and among those who wait for a PI futex.</summary>
/// <remarks>Locks: what concerns PI futexes belongs to the lock of the PI word's slot.</remarks>
public sealed class TaskFutexWaiter : FutexWaiter
{
    private volatile PiState? _waitsFor;
    private volatile bool _isFinished;

    /// <summary>The waiter of a task.</summary>
    public TaskFutexWaiter(Task task) => Task = task;

    internal Task Task { get; }

    /// <summary>Where the task sees the PI word.</summary>
    internal ulong Address { get; private set; }

    /// <summary>The PI word it is to be moved to (FUTEX_WAIT_REQUEUE_PI).</summary>
    internal FutexKey Target { get; private set; }

    /// <summary>What it is in line for; null when it is not.</summary>
    internal PiState? WaitsFor
    {
        get => _waitsFor;
        set => _waitsFor = value;
    }

    /// <summary>True once the PI word is the task's, or cannot be.</summary>
    internal bool IsFinished => _isFinished;

    /// <summary>Why the PI word cannot be the task's.</summary>
    internal Errno Error { get; private set; }

    /// <summary>Before it gets in line.</summary>
    internal void Prepare(ulong address, in FutexKey target)
    {
        Address = address;
        Target = target;
        Error = Errno.Success;
        _isFinished = false;
    }

    /// <summary>Ends its wait for the PI word.</summary>
    internal void Finish(Errno error)
    {
        Error = error;
        _isFinished = true;
        Task.WakeUp();
    }

    /// <inheritdoc/>
    protected override void OnWoken() => Task.WakeUp();
}
