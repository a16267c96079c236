// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>A PI futex that someone waits for: its owner and who is next (struct futex_pi_state).</summary>
/// <remarks>Locks: the slot's. The owner is also read without it, by the search for deadlocks.</remarks>
internal sealed class PiState
{
    private const int MaximumDepth = 1024;
    private readonly List<TaskFutexWaiter> _waiters = [];
    private volatile Task? _owner;

    internal PiState(in FutexKey key, Task owner)
    {
        Key = key;
        _owner = owner;
    }

    internal FutexKey Key { get; }

    /// <summary>Who holds it; null once its waiters are all that is left of it.</summary>
    internal Task? Owner
    {
        get => _owner;
        set => _owner = value;
    }

    internal bool IsEmpty => _waiters.Count == 0;

    /// <summary>The next owner: the highest real-time priority, then the longest wait.</summary>
    internal TaskFutexWaiter First => _waiters[0];

    /// <summary>Would the task wait for itself, through whatever chain of owners (EDEADLK)?</summary>
    internal bool WouldDeadlock(Task task)
    {
        PiState? state = this;
        for (int depth = 0; state is not null && depth < MaximumDepth; depth++)
        {
            Task? owner = state.Owner;
            if (owner == task)
            {
                return true;
            }

            state = owner?.FutexWaiter.WaitsFor;
        }

        return false;
    }

    internal void AddLocked(TaskFutexWaiter waiter)
    {
        int at = _waiters.Count;
        while (at > 0 && _waiters[at - 1].Task.Scheduling.Priority < waiter.Task.Scheduling.Priority)
        {
            at--;
        }

        _waiters.Insert(at, waiter);
        waiter.WaitsFor = this;
    }

    internal void RemoveLocked(TaskFutexWaiter waiter)
    {
        _waiters.Remove(waiter);
        waiter.WaitsFor = null;
    }
}
