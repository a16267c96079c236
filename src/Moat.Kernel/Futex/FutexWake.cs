// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>The waking commands of futex(2): wake, requeue, wake with an operation.</summary>
public static class FutexWake
{
    private const int MarkTries = 8;

    /// <summary>FUTEX_WAKE and FUTEX_WAKE_BITSET.</summary>
    public static SysResult Wake(Task task, ulong address, bool isPrivate, int limit, uint bitset)
    {
        if (bitset == 0)
        {
            return Errno.EINVAL;
        }

        return FutexKey.Resolve(task.AddressSpace, address, isPrivate).TryGet(out FutexKey key,
            out Errno error)
            ? task.Kernel.Futexes.Wake(in key, limit, bitset)
            : (SysResult)error;
    }

    /// <summary>
    /// FUTEX_REQUEUE, and FUTEX_CMP_REQUEUE when a value is expected (EAGAIN when the word differs).
    /// </summary>
    public static SysResult Requeue(
        Task task, ulong from, ulong to, bool isPrivate, int wakeLimit, int moveLimit, uint? expected)
    {
        if (wakeLimit < 0 || moveLimit < 0)
        {
            return Errno.EINVAL;
        }

        if (!FutexKey.Resolve(task.AddressSpace, from, isPrivate).TryGet(out FutexKey fromKey,
            out Errno error)
            || !FutexKey.Resolve(task.AddressSpace, to, isPrivate).TryGet(out FutexKey toKey, out error))
        {
            return error;
        }

        FutexTable table = task.Kernel.Futexes;
        if (expected is null)
        {
            return table.Requeue(in fromKey, in toKey, wakeLimit, moveLimit, null);
        }

        // Linux compares under the bucket locks, so that nobody who came after the comparison is moved. Here
        // the word is read without them, and the comparison is made again when somebody came. After some
        // tries a latecomer is moved too: to it that is a wake that comes when the second word is unlocked,
        // which callers must expect.
        for (int tries = 1; ; tries++)
        {
            uint mark = table.Mark(in fromKey);
            error = task.Mm.Memory.Read(from, out uint value);
            if (error != Errno.Success)
            {
                return error;
            }

            if (value != expected)
            {
                return Errno.EAGAIN;
            }

            Result<int> done = table.Requeue(
                in fromKey, in toKey, wakeLimit, moveLimit, tries < MarkTries ? mark : null);
            if (!done.IsOk || done.Value >= 0)
            {
                return done;
            }
        }
    }

    /// <summary>
    /// FUTEX_WAKE_OP: changes the second word, wakes the first's waiters and perhaps the second's.
    /// </summary>
    public static SysResult WakeOperation(
        Task task, ulong first, ulong second, bool isPrivate, int firstLimit, int secondLimit, uint encoded)
    {
        if (!FutexKey.Resolve(task.AddressSpace, first, isPrivate).TryGet(out FutexKey firstKey,
            out Errno error)
            || !FutexKey.Resolve(task.AddressSpace, second, isPrivate).TryGet(out FutexKey secondKey,
            out error))
        {
            return error;
        }

        if (!Apply(task, in secondKey, second, encoded).TryGet(out bool wakeSecond, out error))
        {
            return error;
        }

        FutexTable table = task.Kernel.Futexes;
        Result<int> woken = table.Wake(in firstKey, firstLimit, FutexTable.AnyBit);
        if (!wakeSecond || !woken.IsOk)
        {
            return woken;
        }

        Result<int> others = table.Wake(in secondKey, secondLimit, FutexTable.AnyBit);
        return others.IsOk ? woken.Value + others.Value : others.Error;
    }

    // No guest thread that could touch the word runs meanwhile, and no other command changes it.
    private static Result<bool> Apply(Task task, in FutexKey key, ulong address, uint encoded)
    {
        using GuestHold hold = GuestHold.OfSharers(task, in key);
        using (task.Kernel.PiFutexes.SlotOf(in key).Lock.Enter())
        {
            return new FutexOperation(encoded).Apply(task.Mm.Memory, address);
        }
    }
}
