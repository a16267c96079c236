// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Polling;
using Moat.Syscalls.Transfer;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>poll(2), ppoll(2).</summary>
public static class Poll
{
    private const PollEvents Always = PollEvents.Error | PollEvents.HangUp;

    /// <summary>poll(2).</summary>
    [Syscall("poll")]
    public static SysResult Wait(Task task, [Input("count")] GuestPtr<PollDescriptor> descriptors, uint count,
        int timeoutMs)
    {
        Deadline deadline = Timeouts.FromMilliseconds(timeoutMs);
        SysResult result = Run(task, descriptors, count, deadline, timeoutMs != 0);
        if (result.Error != Errno.EINTR)
        {
            return result;
        }

        task.Restart = new PollRestart(descriptors, count, deadline);
        return Errno.ERESTART_RESTARTBLOCK;
    }

    /// <summary>ppoll(2).</summary>
    [Syscall("ppoll")]
    public static SysResult WaitMasked(
        Task task, [Input("count")] GuestPtr<PollDescriptor> descriptors, uint count,
        [Input] GuestPtr<Timespec> timeout,
        GuestBuffer mask, ulong maskSize)
    {
        Errno error = Timeouts.Read(task, timeout, out Deadline deadline, out bool wait);
        if (error == Errno.Success)
        {
            error = TemporaryMask.Apply(task, mask.Address, maskSize);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        SysResult result = Run(task, descriptors, count, deadline, wait);
        if (!timeout.IsNull)
        {
            // Linux updates it, and takes no offence at memory it cannot write.
            _ = timeout.Write(task.Memory, Timespec.FromNanoseconds(Timeouts.Left(deadline)));
        }

        if (result.Error == Errno.EINTR)
        {
            return Errno.ERESTARTNOHAND;
        }

        TemporaryMask.Undo(task);
        return result;
    }

    /// <summary>The wait itself; EINTR when interrupted.</summary>
    internal static SysResult Run(
        Task task, GuestPtr<PollDescriptor> descriptors, uint count, Deadline deadline, bool wait)
    {
        if (count > (uint)task.Files.Limit)
        {
            return Errno.EINVAL;
        }

        PollDescriptor[] array = ArrayPool<PollDescriptor>.Shared.Rent(Math.Max((int)count, 16));
        Span<PollDescriptor> entries = array.AsSpan(0, (int)count);
        Errno error = task.Memory.ReadArray(descriptors.Address, entries);
        SysResult result = error;
        if (error == Errno.Success)
        {
            result = Run(task, entries, deadline, wait);
            if (!result.IsError)
            {
                error = count == 0
                    ? GuestSegments.Check(descriptors.Address, 0)
                    : task.Memory.WriteArray<PollDescriptor>(descriptors.Address, entries);
                result = error == Errno.Success ? result : error;
            }
        }

        ArrayPool<PollDescriptor>.Shared.Return(array);
        return result;
    }

    private static SysResult Run(Task task, Span<PollDescriptor> entries, Deadline deadline, bool wait)
    {
        var set = new PollSet(task, entries.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            int fd = entries[i].Fd;
            if (fd >= 0 && !set.Add(i, fd, (PollEvents)(ushort)entries[i].Events | Always))
            {
                set.Entries[i].Found = PollEvents.Invalid;
            }
        }

        Result<int> result = set.Wait(deadline, wait);
        for (int i = 0; i < entries.Length; i++)
        {
            entries[i] = entries[i] with { Returned = (short)set.Entries[i].Found };
        }

        set.Dispose();
        return result;
    }
}
