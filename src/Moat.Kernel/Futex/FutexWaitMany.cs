// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Futexes;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Futex;

/// <summary>futex_waitv(2): waits for any of several words.</summary>
public static class FutexWaitMany
{
    /// <summary>FUTEX_WAITV_MAX.</summary>
    public const int MaximumWords = 128;

    /// <summary>Waits; returns the index of a word that was woken.</summary>
    public static SysResult Wait(Task task, ReadOnlySpan<FutexWaitEntry> entries, Deadline deadline)
    {
        FutexTable table = task.Kernel.Futexes;
        TaskFutexWaiter[] waiters = (task.FutexPlaces ??= new FutexPlaces(task)).Take(entries.Length);
        Errno error = CheckAddresses(task, entries);
        int queued = 0;
        while (queued < entries.Length && error == Errno.Success)
        {
            FutexWaitEntry entry = entries[queued];
            if (!FutexKey.Resolve(task.AddressSpace, entry.Address, (entry.Flags & FutexFlags.Private) != 0)
                .TryGet(out FutexKey key, out error))
            {
                break;
            }

            table.Add(waiters[queued++], in key, FutexTable.AnyBit);
            error = task.Mm.Memory.Read(entry.Address, out uint value);
            if (error == Errno.Success && value != (uint)entry.Value)
            {
                error = Errno.EAGAIN;
            }
        }

        BlockResult result = BlockResult.Woken;
        while (error == Errno.Success && !AnyWoken(waiters, queued) && result == BlockResult.Woken)
        {
            result = task.Block(deadline);
        }

        // A wake that was caught counts, whatever else happened.
        int woken = -1;
        for (int i = 0; i < queued; i++)
        {
            woken = table.Remove(waiters[i]) ? woken : i;
        }

        if (woken >= 0)
        {
            return woken;
        }

        return error != Errno.Success ? error
            : result == BlockResult.TimedOut ? Errno.ETIMEDOUT : Errno.ERESTARTSYS;
    }

    // Before any word is looked at.
    private static Errno CheckAddresses(Task task, ReadOnlySpan<FutexWaitEntry> entries)
    {
        Errno error = Errno.Success;
        for (int i = 0; i < entries.Length && error == Errno.Success; i++)
        {
            bool isPrivate = (entries[i].Flags & FutexFlags.Private) != 0;
            error = FutexKey.Resolve(task.AddressSpace, entries[i].Address, isPrivate).Error;
        }

        return error;
    }

    private static bool AnyWoken(TaskFutexWaiter[] waiters, int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (waiters[i].IsWoken)
            {
                return true;
            }
        }

        return false;
    }
}
