// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>Every PI futex that someone waits for, by slots.</summary>
internal sealed class PiTable
{
    private const int SlotCount = 64;
    private readonly PiSlot[] _slots = new PiSlot[SlotCount];
    private int _states;

    internal PiTable()
    {
        for (int i = 0; i < SlotCount; i++)
        {
            _slots[i] = new PiSlot();
        }
    }

    internal PiSlot SlotOf(in FutexKey key) => _slots[key.GetHashCode() >> 8 & (SlotCount - 1)];

    /// <summary>The state of a word that has got its first waiter.</summary>
    internal PiState CreateLocked(PiSlot slot, in FutexKey key, Task owner)
    {
        var state = new PiState(in key, owner);
        slot.AddLocked(state);
        Interlocked.Increment(ref _states);
        return state;
    }

    internal void DropIfEmptyLocked(PiSlot slot, PiState state)
    {
        if (slot.DropIfEmptyLocked(state))
        {
            Interlocked.Decrement(ref _states);
        }
    }

    /// <summary>
    /// Gives a word to its next owner and wakes it. The word is written as that one sees it: where it cannot
    /// be, that one's call fails with EFAULT, and the next is asked.
    /// </summary>
    /// <returns>False when nobody could take it.</returns>
    internal bool HandOverLocked(PiSlot slot, PiState state, uint flags)
    {
        bool given = false;
        state.Owner = null;
        while (!given && !state.IsEmpty)
        {
            TaskFutexWaiter next = state.First;
            uint word = (uint)next.Task.OwnId | PiWord.Waiters | flags;
            Errno error = next.Task.Mm.Memory.Write(next.Address, in word);
            state.RemoveLocked(next);
            given = error == Errno.Success;
            if (given)
            {
                state.Owner = next.Task;
            }

            next.Finish(error);
        }

        DropIfEmptyLocked(slot, state);
        return given;
    }

    /// <summary>The task ends, or executes another program: what it holds goes to whoever waits.</summary>
    internal void OnExit(Task task)
    {
        // Paired with attaching to an owner, which looks at Task.HasLeft under the slot's lock.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _states) == 0)
        {
            return;
        }

        var held = new List<PiState>();
        foreach (PiSlot slot in _slots)
        {
            using (slot.Lock.Enter())
            {
                foreach (PiState state in slot.StatesLocked)
                {
                    if (state.Owner == task)
                    {
                        held.Add(state);
                    }
                }

                foreach (PiState state in held)
                {
                    _ = HandOverLocked(slot, state, PiWord.OwnerDied);
                }

                held.Clear();
            }
        }
    }
}
