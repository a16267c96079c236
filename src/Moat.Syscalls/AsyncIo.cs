// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Aio;
using Moat.Abi.Events;
using Moat.Base;
using Moat.Kernel.Aio;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Aio;
using Moat.Syscalls.Polling;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>io_setup(2), io_submit(2), io_getevents(2), io_cancel(2), io_destroy(2).</summary>
public static class AsyncIo
{
    private const uint MostRequests = 0x10000000 / 32;

    /// <summary>io_setup(2).</summary>
    [Syscall("io_setup")]
    public static SysResult Setup(Task task, uint requests, GuestPtr<ulong> context)
    {
        Errno error = context.Read(task.Memory, out ulong old);
        if (error != Errno.Success)
        {
            return error;
        }

        if (old != 0 || requests == 0 || requests > MostRequests)
        {
            return Errno.EINVAL;
        }

        if (!task.Mm.MakeAio().Create(task, requests).TryGet(out AioContext? made, out error))
        {
            return error;
        }

        error = context.Write(task.Memory, made.Address);
        if (error != Errno.Success)
        {
            _ = Remove(task, made);
        }

        return error;
    }

    /// <summary>io_destroy(2).</summary>
    [Syscall("io_destroy")]
    public static SysResult Destroy(Task task, ulong context) =>
        Find(task, context) is { } found && Remove(task, found) ? 0 : Errno.EINVAL;

    /// <summary>io_submit(2): how many were submitted before the first that could not be.</summary>
    [Syscall("io_submit")]
    public static SysResult Submit(Task task, ulong context, long count, GuestPtr<ulong> requests)
    {
        if (count < 0 || Find(task, context) is not { } found)
        {
            return Errno.EINVAL;
        }

        long done = 0;
        while (done < count)
        {
            ulong at = requests.Address + ((ulong)done * sizeof(ulong));
            Errno error = task.Memory.Read(at, out ulong request);
            error = error == Errno.Success ? AioSubmission.Submit(task, found, request) : error;
            if (error != Errno.Success)
            {
                return done > 0 ? done : error;
            }

            done++;
            if (task.IsInterrupted)
            {
                break;
            }
        }

        return done;
    }

    /// <summary>io_cancel(2): the event comes all the same.</summary>
    [Syscall("io_cancel")]
    public static SysResult Cancel(Task task, ulong context, GuestPtr<AioRequest> request, ulong result)
    {
        Errno error = task.Memory.Read(request.Address + 8, out uint key);
        if (error != Errno.Success)
        {
            return error;
        }

        if (key != 0 || Find(task, context) is not { } found)
        {
            return Errno.EINVAL;
        }

        return found.FindWaiting(request.Address) is { } poll && poll.Cancel()
            ? Errno.EINPROGRESS : Errno.EINVAL;
    }

    /// <summary>io_getevents(2).</summary>
    [Syscall("io_getevents")]
    public static SysResult GetEvents(
        Task task, ulong context, long least, long most, GuestPtr<AioEvent> events,
        GuestPtr<Timespec> timeout)
    {
        Result<long> result = Wait(task, context, least, most, events, timeout);
        return result.Error == Errno.ERESTARTSYS ? Errno.EINTR : result;
    }

    /// <summary>io_pgetevents(2).</summary>
    [Syscall("io_pgetevents")]
    public static SysResult GetEventsMasked(
        Task task, ulong context, long least, long most, GuestPtr<AioEvent> events,
        GuestPtr<Timespec> timeout, GuestPtr<SelectMask> mask)
    {
        SelectMask given = default;
        Errno error = mask.IsNull ? Errno.Success : mask.Read(task.Memory, out given);
        error = error == Errno.Success ? TemporaryMask.Apply(task, given.Address, given.Size) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        Result<long> result = Wait(task, context, least, most, events, timeout);
        if (result.Error == Errno.ERESTARTSYS)
        {
            return Errno.ERESTARTNOHAND;
        }

        TemporaryMask.Undo(task);
        return result;
    }

    private static Result<long> Wait(
        Task task, ulong context, long least, long most, GuestPtr<AioEvent> events,
        GuestPtr<Timespec> timeout)
    {
        Timespec given = default;
        Errno error = timeout.IsNull ? Errno.Success : timeout.Read(task.Memory, out given);
        if (error != Errno.Success)
        {
            return error;
        }

        if (Find(task, context) is not { } found || least < 0 || most < 0 || least > most)
        {
            return Errno.EINVAL;
        }

        Deadline deadline = timeout.IsNull ? Deadline.Never
            : Deadline.After(given.Seconds < 0 ? 0 : given.ToNanoseconds());
        var operation = new EventsOperation(found, events.Address, least, most);
        WaitQueue? queue = deadline.HasPassed ? null : found.WaitQueue;
        Result<long> result = BlockingIo.Run(task, queue, PollEvents.All, ref operation, deadline);
        return result.Error == Errno.EAGAIN ? 0L : result;
    }

    private static AioContext? Find(Task task, ulong context) => task.Mm.Aio?.Find(task.Memory, context);

    private static bool Remove(Task task, AioContext context)
    {
        if (!task.Mm.MakeAio().Remove(context))
        {
            return false;
        }

        _ = task.AddressSpace.Unmap(task.Orders, context.Address, context.Length);
        return true;
    }
}
