// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>FUTEX_LOCK_PI, FUTEX_TRYLOCK_PI and FUTEX_UNLOCK_PI of futex(2).</summary>
public static class FutexPi
{
    /// <summary>How often a word is looked at again that changes under our eyes.</summary>
    internal const int MaximumTries = 256;

    /// <summary>Locks, waiting until the deadline unless it is only to try.</summary>
    public static SysResult Lock(Task task, ulong address, bool isPrivate, bool tryOnly, Deadline deadline)
    {
        if (!FutexKey.Resolve(task.AddressSpace, address, isPrivate).TryGet(out FutexKey key,
            out Errno error))
        {
            return error;
        }

        Result<bool> attempt = Errno.EBUSY;
        for (int tries = 0; tries < MaximumTries && attempt.Error == Errno.EBUSY; tries++)
        {
            Pause(tries);
            attempt = Attempt(task, address, in key, tryOnly);
        }

        if (!attempt.TryGet(out bool locked, out error))
        {
            return error == Errno.EBUSY ? Errno.EAGAIN : error;
        }

        if (locked)
        {
            return 0;
        }

        BlockResult result = Await(task, in key, deadline);
        TaskFutexWaiter waiter = task.FutexWaiter;
        if (waiter.IsFinished)
        {
            return waiter.Error;
        }

        return result == BlockResult.TimedOut ? Errno.ETIMEDOUT : Errno.ERESTARTNOINTR;
    }

    /// <summary>Unlocks a word that is the caller's.</summary>
    public static SysResult Unlock(Task task, ulong address, bool isPrivate)
    {
        Errno error = task.Mm.Memory.Read(address, out uint word);
        if (error != Errno.Success)
        {
            return error;
        }

        if ((word & PiWord.TidMask) != (uint)task.OwnId)
        {
            return Errno.EPERM;
        }

        if (!FutexKey.Resolve(task.AddressSpace, address, isPrivate).TryGet(out FutexKey key, out error))
        {
            return error;
        }

        // Nobody but its owner changes a locked word, and that is here: no guest thread needs to be held.
        PiTable table = task.Kernel.PiFutexes;
        PiSlot slot = table.SlotOf(in key);
        using (slot.Lock.Enter())
        {
            if (slot.FindLocked(in key) is { } state)
            {
                if (state.Owner != task)
                {
                    return Errno.EINVAL;
                }

                if (table.HandOverLocked(slot, state, 0))
                {
                    return 0;
                }
            }
            else if (task.Kernel.Futexes.Peek(in key) is { Kind: not FutexWaiterKind.Pi })
            {
                return Errno.EINVAL;
            }

            return task.Mm.Memory.Write(address, 0u);
        }
    }

    /// <summary>Waits in line for a PI word; leaves the line when the wait ends without it.</summary>
    internal static BlockResult Await(Task task, in FutexKey key, Deadline deadline)
    {
        TaskFutexWaiter waiter = task.FutexWaiter;
        BlockResult result = BlockResult.Woken;
        while (!waiter.IsFinished && result == BlockResult.Woken)
        {
            result = task.Block(deadline);
        }

        PiTable table = task.Kernel.PiFutexes;
        PiSlot slot = table.SlotOf(in key);
        using (slot.Lock.Enter())
        {
            if (waiter.WaitsFor is { } state)
            {
                state.RemoveLocked(waiter);
                table.DropIfEmptyLocked(slot, state);
            }

            // One that was given the word while it waited for its move is in no queue any more.
            if (Volatile.Read(ref waiter.Bucket) is not null)
            {
                _ = task.Kernel.Futexes.Remove(waiter);
            }
        }

        return result;
    }

    /// <summary>
    /// Keeps those out of guest code who may change the word as it is now: its owner, or everybody.
    /// </summary>
    internal static GuestHold HoldFor(Task task, in FutexKey key, uint word, out Task? owner)
    {
        uint tid = word & PiWord.TidMask;
        owner = tid == 0 ? null : task.Kernel.Tree.FindEndingTask(task.ReadProcess((int)tid));
        return owner is not null && owner != task ? GuestHold.Of(owner)
            : tid == 0 ? GuestHold.OfSharers(task, in key) : default;
    }

    /// <summary>Lets whoever changes the word, or is ending, get on.</summary>
    internal static void Pause(int tries)
    {
        if (tries > 16)
        {
            Thread.Sleep(1);
        }
        else if (tries > 0)
        {
            Thread.Yield();
        }
    }

    // True when locked, false when in line.
    private static Result<bool> Attempt(Task task, ulong address, in FutexKey key, bool tryOnly)
    {
        Errno error = task.Mm.Memory.Read(address, out uint word);
        if (error != Errno.Success)
        {
            return error;
        }

        if ((word & PiWord.TidMask) == (uint)task.OwnId)
        {
            return Errno.EDEADLK;
        }

        PiTable table = task.Kernel.PiFutexes;
        PiSlot slot = table.SlotOf(in key);
        using GuestHold hold = HoldFor(task, in key, word, out Task? owner);
        using (slot.Lock.Enter())
        {
            error = task.Mm.Memory.Read(address, out uint now);
            if (error != Errno.Success || ((now ^ word) & PiWord.TidMask) != 0)
            {
                return error != Errno.Success ? error : Errno.EBUSY;
            }

            var acquisition = new PiAcquisition(task, task, address, key);
            if (!acquisition.AttemptLocked(slot, now, owner, false).TryGet(out PiState? state, out error)
                || state is null)
            {
                return error != Errno.Success ? error : true;
            }

            error = tryOnly ? Errno.EAGAIN : state.WouldDeadlock(task) ? Errno.EDEADLK : Errno.Success;
            if (error != Errno.Success)
            {
                table.DropIfEmptyLocked(slot, state);
                return error;
            }

            TaskFutexWaiter waiter = task.FutexWaiter;
            waiter.Prepare(address, in key);
            task.Kernel.Futexes.Add(waiter, in key, FutexTable.AnyBit, FutexWaiterKind.Pi);
            state.AddLocked(waiter);
            return false;
        }
    }
}
