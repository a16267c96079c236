// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Polling;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>select(2), pselect(2).</summary>
public static class Select
{
    /// <summary>select(2).</summary>
    [Syscall("select")]
    public static SysResult Wait(
        Task task, int count, GuestBuffer read, GuestBuffer write, GuestBuffer except,
        GuestPtr<Timeval> timeout)
    {
        Deadline deadline = Deadline.Never;
        bool wait = true;
        if (!timeout.IsNull)
        {
            Errno error = timeout.Read(task.Memory, out Timeval value);
            if (error != Errno.Success)
            {
                return error;
            }

            // select carries microseconds of a second or more over into the seconds.
            if (value.Seconds < 0 || value.Microseconds < 0)
            {
                return Errno.EINVAL;
            }

            long seconds = Math.Min(value.Seconds, int.MaxValue)
                + Math.Min(value.Microseconds / 1_000_000, int.MaxValue);
            long ns = new Timespec(seconds, value.Microseconds % 1_000_000 * 1000).ToNanoseconds();
            wait = ns > 0;
            deadline = Deadline.After(ns);
        }

        SysResult result = Run(task, count, read, write, except, deadline, wait);
        if (!timeout.IsNull)
        {
            _ = timeout.Write(task.Memory, Timeval.FromNanoseconds(Timeouts.Left(deadline)));
        }

        return result.Error == Errno.EINTR ? Errno.ERESTARTNOHAND : result;
    }

    /// <summary>pselect(2).</summary>
    [Syscall("pselect6")]
    public static SysResult WaitMasked(
        Task task, int count, GuestBuffer read, GuestBuffer write, GuestBuffer except,
        GuestPtr<Timespec> timeout,
        GuestPtr<SelectMask> mask)
    {
        Errno error = Timeouts.Read(task, timeout, out Deadline deadline, out bool wait);
        if (error == Errno.Success)
        {
            error = ApplyMask(task, mask);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        SysResult result = Run(task, count, read, write, except, deadline, wait);
        if (!timeout.IsNull)
        {
            _ = timeout.Write(task.Memory, Timespec.FromNanoseconds(Timeouts.Left(deadline)));
        }

        if (result.Error == Errno.EINTR)
        {
            return Errno.ERESTARTNOHAND;
        }

        TemporaryMask.Undo(task);
        return result;
    }

    private static Errno ApplyMask(Task task, GuestPtr<SelectMask> pointer)
    {
        if (pointer.IsNull)
        {
            return Errno.Success;
        }

        Errno error = pointer.Read(task.Memory, out SelectMask mask);
        return error != Errno.Success ? error : TemporaryMask.Apply(task, mask.Address, mask.Size);
    }

    private static SysResult Run(
        Task task, int count, GuestBuffer read, GuestBuffer write, GuestBuffer except, Deadline deadline,
        bool wait)
    {
        if (count < 0)
        {
            return Errno.EINVAL;
        }

        count = Math.Min(count, task.Files.Capacity);
        int words = 3 * SelectSets.WordsFor(count);
        ulong[]? rented = words > 96 ? ArrayPool<ulong>.Shared.Rent(words) : null;
        Span<ulong> bits = rented is null ? stackalloc ulong[words] : rented.AsSpan(0, words);
        var sets = new SelectSets(bits);
        Errno error = sets.Read(task.Memory, 0, read.Address);
        error = error != Errno.Success ? error : sets.Read(task.Memory, 1, write.Address);
        error = error != Errno.Success ? error : sets.Read(task.Memory, 2, except.Address);
        SysResult result = error != Errno.Success ? error : Run(task, count, sets, deadline, wait);
        if (!result.IsError)
        {
            error = sets.Write(task.Memory, 0, read.Address);
            error = error != Errno.Success ? error : sets.Write(task.Memory, 1, write.Address);
            error = error != Errno.Success ? error : sets.Write(task.Memory, 2, except.Address);
            result = error != Errno.Success ? error : result;
        }

        if (rented is not null)
        {
            ArrayPool<ulong>.Shared.Return(rented);
        }

        return result;
    }

    private static SysResult Run(Task task, int count, SelectSets sets, Deadline deadline, bool wait)
    {
        var set = new PollSet(task, count);
        SysResult result = 0;
        for (int fd = 0; fd < count; fd++)
        {
            PollEvents wanted = sets.Wanted(fd);
            if (wanted != 0 && !set.Add(fd, fd, wanted))
            {
                result = Errno.EBADF;
                break;
            }
        }

        if (!result.IsError)
        {
            Result<int> waited = set.Wait(deadline, wait);
            if (waited.IsOk)
            {
                int kept = 0;
                for (int fd = 0; fd < count; fd++)
                {
                    kept += sets.Keep(fd, set.Entries[fd].Found);
                }

                result = kept;
            }
            else
            {
                result = waited;
            }
        }

        set.Dispose();
        return result;
    }
}
