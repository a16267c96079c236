// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>FUTEX_WAIT_REQUEUE_PI and FUTEX_CMP_REQUEUE_PI of futex(2).</summary>
public static class FutexPiRequeue
{
    /// <summary>Waits on a plain word until moved to a PI word, and until that is the caller's.</summary>
    public static SysResult Wait(
        Task task, ulong address, ulong target, bool isPrivate, uint expected, Deadline deadline)
    {
        Errno error = ResolveBoth(task, address, target, isPrivate, out FutexKey key, out FutexKey targetKey);
        if (error != Errno.Success)
        {
            return error;
        }

        FutexTable table = task.Kernel.Futexes;
        TaskFutexWaiter waiter = task.FutexWaiter;
        waiter.Prepare(target, in targetKey);
        table.Add(waiter, in key, FutexTable.AnyBit, FutexWaiterKind.RequeuePi);
        error = task.Mm.Memory.Read(address, out uint value);
        if ((error != Errno.Success || value != expected) && Withdraw(task, in targetKey))
        {
            return error != Errno.Success ? error : Errno.EAGAIN;
        }

        BlockResult result = BlockResult.Woken;
        while (!waiter.IsFinished && result == BlockResult.Woken)
        {
            result = task.Block(deadline);
        }

        if (!waiter.IsFinished && Withdraw(task, in targetKey))
        {
            return result == BlockResult.TimedOut ? Errno.ETIMEDOUT : Errno.ERESTARTNOINTR;
        }

        _ = FutexPi.Await(task, in targetKey, new Deadline(0));
        if (waiter.IsFinished)
        {
            return waiter.Error;
        }

        // Once moved, starting again would find another value in the first word.
        return result == BlockResult.TimedOut ? Errno.ETIMEDOUT : Errno.EAGAIN;
    }

    /// <summary>
    /// Gives the PI word to the first waiter, or puts it in line for it, and others behind it.
    /// </summary>
    public static SysResult Requeue(
        Task task, ulong from, ulong to, bool isPrivate, int wakeLimit, int moveLimit, uint expected)
    {
        if (wakeLimit != 1 || moveLimit < 0)
        {
            return Errno.EINVAL;
        }

        Errno error = ResolveBoth(task, from, to, isPrivate, out FutexKey fromKey, out FutexKey toKey);
        if (error != Errno.Success)
        {
            return error;
        }

        Result<int> done = Errno.EBUSY;
        for (int tries = 0; tries < FutexPi.MaximumTries && done.Error == Errno.EBUSY; tries++)
        {
            FutexPi.Pause(tries);
            done = Attempt(task, from, to, in fromKey, in toKey, moveLimit, expected);
        }

        return done.Error == Errno.EBUSY ? Errno.EAGAIN : done;
    }

    private static Errno ResolveBoth(
        Task task, ulong first, ulong second, bool isPrivate, out FutexKey firstKey, out FutexKey secondKey)
    {
        firstKey = default;
        secondKey = default;
        if (first == second)
        {
            return Errno.EINVAL;
        }

        if (!FutexKey.Resolve(task.AddressSpace, first, isPrivate).TryGet(out firstKey, out Errno error)
            || !FutexKey.Resolve(task.AddressSpace, second, isPrivate).TryGet(out secondKey, out error))
        {
            return error;
        }

        return firstKey.Equals(secondKey) ? Errno.EINVAL : Errno.Success;
    }

    // Leaves the first word's queue; false when it has been moved, or given the PI word, meanwhile.
    private static bool Withdraw(Task task, in FutexKey target)
    {
        TaskFutexWaiter waiter = task.FutexWaiter;
        using (task.Kernel.PiFutexes.SlotOf(in target).Lock.Enter())
        {
            return !waiter.IsFinished && waiter.Kind == FutexWaiterKind.RequeuePi
                && task.Kernel.Futexes.Remove(waiter);
        }
    }

    private static Result<int> Attempt(
        Task task, ulong from, ulong to, in FutexKey fromKey, in FutexKey toKey, int moveLimit, uint expected)
    {
        Errno error = task.Mm.Memory.Read(to, out uint word);
        if (error != Errno.Success)
        {
            return error;
        }

        PiTable table = task.Kernel.PiFutexes;
        PiSlot slot = table.SlotOf(in toKey);
        using GuestHold hold = FutexPi.HoldFor(task, in toKey, word, out Task? owner);
        using (slot.Lock.Enter())
        {
            error = task.Mm.Memory.Read(from, out uint value);
            if (error != Errno.Success || value != expected)
            {
                return error != Errno.Success ? error : Errno.EAGAIN;
            }

            error = task.Mm.Memory.Read(to, out uint now);
            if (error != Errno.Success || ((now ^ word) & PiWord.TidMask) != 0)
            {
                return error != Errno.Success ? error : Errno.EBUSY;
            }

            if (task.Kernel.Futexes.Peek(in fromKey) is not { } first)
            {
                return 0;
            }

            if (Fitting(first, in toKey) is not { } top)
            {
                return Errno.EINVAL;
            }

            if ((now & PiWord.TidMask) == (uint)top.Task.OwnId)
            {
                return Errno.EDEADLK;
            }

            var acquisition = new PiAcquisition(top.Task, task, to, toKey);
            if (!acquisition.AttemptLocked(slot, now, owner, moveLimit > 0).TryGet(out PiState? state,
                out error))
            {
                return error;
            }

            int done = 0;
            if (state is null)
            {
                _ = task.Kernel.Futexes.Remove(top);
                top.Finish(Errno.Success);
                done = 1;
            }

            return MoveLocked(slot, state, top.Task, in fromKey, in toKey, done, moveLimit);
        }
    }

    private static Result<int> MoveLocked(
        PiSlot slot, PiState? state, Task owner, in FutexKey from, in FutexKey to, int done, int moveLimit)
    {
        FutexTable futexes = owner.Kernel.Futexes;
        Errno error = Errno.Success;
        while (error == Errno.Success && done - 1 < moveLimit && futexes.Peek(in from) is { } next)
        {
            if (Fitting(next, in to) is not { } waiter)
            {
                error = Errno.EINVAL;
                break;
            }

            state ??= owner.Kernel.PiFutexes.CreateLocked(slot, in to, owner);
            if (state.WouldDeadlock(waiter.Task))
            {
                error = Errno.EDEADLK;
            }
            else if (futexes.Convert(waiter, in to, FutexWaiterKind.Pi))
            {
                state.AddLocked(waiter);
                done++;
            }
        }

        if (state is not null)
        {
            owner.Kernel.PiFutexes.DropIfEmptyLocked(slot, state);
        }

        return error != Errno.Success ? error : done;
    }

    // One that waits to be moved to this very word.
    private static TaskFutexWaiter? Fitting(FutexWaiter waiter, in FutexKey target) =>
        waiter is TaskFutexWaiter { Kind: FutexWaiterKind.RequeuePi } found && found.Target.Equals(target)
            ? found : null;
}
