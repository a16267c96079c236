// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Futexes;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>
/// What a thread leaves behind in guest memory when it ends: robust locks (get_robust_list(2)) and its tid.
/// </summary>
public static class RobustList
{
    /// <summary>ROBUST_LIST_LIMIT: a list may be circular.</summary>
    private const int EntryLimit = 2048;

    /// <summary>
    /// Marks the locks the task holds as owner-died, clears the word of set_tid_address and wakes who waits
    /// for them. Called by the task itself while its memory can still be reached: on exit and on execve.
    /// </summary>
    /// <param name="task">The ending task.</param>
    /// <param name="clearTid">False when nobody else uses the memory (Linux then leaves the tid word
    /// alone).</param>
    public static void Release(Task task, bool clearTid)
    {
        if (task.RobustList != 0)
        {
            Walk(task, task.RobustList);
            task.RobustList = 0;
        }

        task.Kernel.PiFutexes.OnExit(task);
        ulong address = task.ClearChildTid;
        task.ClearChildTid = 0;
        if (address != 0 && clearTid && task.Mm.Memory.Write(address, 0u) == Errno.Success)
        {
            _ = FutexWake.Wake(task, address, isPrivate: false, 1, FutexTable.AnyBit);
        }
    }

    private static void Walk(Task task, ulong headAddress)
    {
        if (task.Mm.Memory.Read(headAddress, out RobustListHead head) != Errno.Success)
        {
            return;
        }

        ulong entry = head.Next;
        ulong pending = head.Pending & ~1UL;
        for (int count = 0; (entry & ~1UL) != headAddress && count < EntryLimit; count++)
        {
            // Read on before the lock is given up: its next owner may change the entry.
            Errno error = task.Mm.Memory.Read(entry & ~1UL, out ulong next);
            if ((entry & ~1UL) != pending && !MarkDead(task, entry, head.FutexOffset, isPending: false))
            {
                return;
            }

            if (error != Errno.Success)
            {
                return;
            }

            entry = next;
        }

        if (pending != 0)
        {
            MarkDead(task, head.Pending, head.FutexOffset, isPending: true);
        }
    }

    private static bool MarkDead(Task task, ulong entry, long offset, bool isPending)
    {
        bool isPi = (entry & 1) != 0;
        ulong address = (entry & ~1UL) + (ulong)offset;
        if ((address & 3) != 0 || task.Mm.Memory.Read(address, out uint word) != Errno.Success)
        {
            return false;
        }

        if (isPi)
        {
            return MarkPiDead(task, address);
        }

        // It died between unlocking and waking: pass the wake on (kernel/futex/core.c, handle_futex_death).
        if (isPending && (word & PiWord.TidMask) == 0)
        {
            _ = FutexWake.Wake(task, address, isPrivate: false, 1, FutexTable.AnyBit);
            return true;
        }

        while ((word & PiWord.TidMask) == (uint)task.OwnId)
        {
            uint desired = (word & PiWord.Waiters) | PiWord.OwnerDied;
            if (task.Mm.Memory.CompareExchange(address, word, desired, out uint observed) != Errno.Success)
            {
                return false;
            }

            if (observed == word)
            {
                // Not only when the waiters bit was seen: without an atomic exchange it may have been set
                // just now. Whoever set it finds the word changed, or is queued and gets this wake.
                _ = FutexWake.Wake(task, address, isPrivate: false, 1, FutexTable.AnyBit);
                break;
            }

            word = observed;
        }

        return true;
    }

    // Who waits for it is told by PiTable.OnExit.
    private static bool MarkPiDead(Task task, ulong address)
    {
        if (!FutexKey.Resolve(task.AddressSpace, address, isPrivate: false).TryGet(out FutexKey key, out _))
        {
            return false;
        }

        using (task.Kernel.PiFutexes.SlotOf(in key).Lock.Enter())
        {
            Errno error = task.Mm.Memory.Read(address, out uint word);
            if (error == Errno.Success && (word & PiWord.TidMask) == (uint)task.OwnId)
            {
                uint dead = (word & PiWord.Waiters) | PiWord.OwnerDied;
                error = task.Mm.Memory.Write(address, in dead);
            }

            return error == Errno.Success;
        }
    }
}
