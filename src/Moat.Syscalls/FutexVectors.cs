// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Futexes;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Futex;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>futex_waitv(2), and futex_wake, futex_wait, futex_requeue: one call for each command.</summary>
public static class FutexVectors
{
    /// <summary>futex_waitv(2).</summary>
    [Syscall("futex_waitv")]
    public static SysResult WaitMany(
        Task task, GuestPtr<FutexWaitEntry> entries, uint count, uint flags, GuestPtr<Timespec> timeout,
        int clock)
    {
        if (flags != 0 || count is 0 or > FutexWaitMany.MaximumWords || entries.Address == 0)
        {
            return Errno.EINVAL;
        }

        Errno error = ReadDeadline(task, timeout, clock, out Deadline deadline);
        if (error != Errno.Success)
        {
            return error;
        }

        Span<FutexWaitEntry> words = stackalloc FutexWaitEntry[(int)count];
        error = ReadEntries(task, entries, words);
        return error != Errno.Success ? error : FutexWaitMany.Wait(task, words, deadline);
    }

    /// <summary>futex_wake: FUTEX_WAKE_BITSET.</summary>
    [Syscall("futex_wake")]
    public static SysResult Wake(Task task, ulong address, ulong mask, int limit, FutexFlags flags)
    {
        if (!IsValid(flags) || mask > uint.MaxValue)
        {
            return Errno.EINVAL;
        }

        bool isPrivate = (flags & FutexFlags.Private) != 0;
        if (limit == 0 && mask != 0)
        {
            // Unlike FUTEX_WAKE, which then wakes one.
            return FutexKey.Resolve(task.AddressSpace, address, isPrivate).Error;
        }

        return FutexWake.Wake(task, address, isPrivate, limit, (uint)mask);
    }

    /// <summary>futex_wait: FUTEX_WAIT_BITSET.</summary>
    [Syscall("futex_wait")]
    public static SysResult Wait(
        Task task, ulong address, ulong expected, ulong mask, FutexFlags flags, GuestPtr<Timespec> timeout,
        int clock)
    {
        if (!IsValid(flags) || mask > uint.MaxValue || expected > uint.MaxValue)
        {
            return Errno.EINVAL;
        }

        Errno error = ReadDeadline(task, timeout, clock, out Deadline deadline);
        return error != Errno.Success ? error : FutexWait.Wait(
            task, address, (flags & FutexFlags.Private) != 0, (uint)expected, (uint)mask, deadline);
    }

    /// <summary>futex_requeue: FUTEX_CMP_REQUEUE.</summary>
    [Syscall("futex_requeue")]
    public static SysResult Requeue(
        Task task, GuestPtr<FutexWaitEntry> entries, uint flags, int wakeLimit, int moveLimit)
    {
        if (flags != 0 || entries.Address == 0)
        {
            return Errno.EINVAL;
        }

        Span<FutexWaitEntry> words = stackalloc FutexWaitEntry[2];
        Errno error = ReadEntries(task, entries, words);
        if (error != Errno.Success)
        {
            return error;
        }

        if (words[0].Flags != words[1].Flags)
        {
            return Errno.EINVAL;
        }

        return FutexWake.Requeue(
            task, words[0].Address, words[1].Address, (words[0].Flags & FutexFlags.Private) != 0, wakeLimit,
            moveLimit, (uint)words[0].Value);
    }

    private static Errno ReadEntries(
        Task task, GuestPtr<FutexWaitEntry> entries, Span<FutexWaitEntry> words)
    {
        Errno error = task.Memory.ReadArray(entries.Address, words);
        for (int i = 0; i < words.Length && error == Errno.Success; i++)
        {
            if (!IsValid(words[i].Flags) || words[i].Reserved != 0 || words[i].Value > uint.MaxValue)
            {
                error = Errno.EINVAL;
            }
        }

        return error;
    }

    // Only words of 32 bits exist; NUMA nodes and memory policies of futexes do not here.
    private static bool IsValid(FutexFlags flags) =>
        (flags & ~FutexFlags.Private) == FutexFlags.SizeU32;

    private static Errno ReadDeadline(
        Task task, GuestPtr<Timespec> timeout, int clock, out Deadline deadline)
    {
        const int Realtime = 0;
        const int Monotonic = 1;
        deadline = Deadline.Never;
        if (timeout.Address == 0)
        {
            return Errno.Success;
        }

        if (clock is not (Realtime or Monotonic))
        {
            return Errno.EINVAL;
        }

        Errno error = timeout.Read(task.Memory, out Timespec time);
        if (error != Errno.Success || !time.IsValid)
        {
            return error != Errno.Success ? error : Errno.EINVAL;
        }

        long ns = time.ToNanoseconds();
        deadline = clock == Realtime ? Deadline.AtRealtime(ns)
            : new Deadline(task.Namespaces.Time.ToKernel(ClockId.Monotonic, ns));
        return Errno.Success;
    }
}
