// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Rings;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Vfs;

namespace Moat.Syscalls.Rings;

/// <summary>Requests about time and about other requests: timeouts, polls, cancellation.</summary>
internal static class RingControl
{
    /// <summary>IORING_TIMEOUT_ETIME_SUCCESS.</summary>
    internal const uint ExpiryIsSuccess = 32;

    private const uint Absolute = 1;
    private const uint Update = 2;
    private const uint BootTime = 4;
    private const uint RealTime = 8;
    private const uint KnownTimes = Absolute | BootTime | RealTime | ExpiryIsSuccess;
    private const uint MultiShot = 1;
    private const uint MoreFlag = 2;

    /// <summary>IORING_OP_TIMEOUT.</summary>
    internal static long Timeout(RingRequest request)
    {
        ref SubmissionEntry entry = ref request.Entry;
        Deadline deadline = default;
        Errno error = entry.Length != 1 || (entry.OperationFlags & ~KnownTimes) != 0
            || entry.Offset > int.MaxValue
            ? Errno.EINVAL : ReadDeadline(request, entry.Address, out deadline);
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        request.Deadline = deadline;
        if (entry.Offset > 0)
        {
            request.Target = request.Ring.Completions.Posted + entry.Offset;
            request.Ring.Requests.Count(request);
        }

        return Wait(request);
    }

    /// <summary>A linked timeout: its request has begun and is not done.</summary>
    internal static void StartLimit(RingRequest limit)
    {
        ref SubmissionEntry entry = ref limit.Entry;
        Deadline deadline = default;
        Errno error = entry.Length != 1 || entry.Offset != 0 || (entry.OperationFlags & ~KnownTimes) != 0
            ? Errno.EINVAL : ReadDeadline(limit, entry.Address, out deadline);
        limit.Deadline = deadline;
        if (!limit.TryMove(RingState.Waiting, RingState.Running))
        {
            return;
        }

        if (error == Errno.Success)
        {
            _ = Wait(limit);
        }
        else
        {
            RingEngine.End(limit, -(long)error);
        }
    }

    /// <summary>The timer of a request has expired.</summary>
    internal static void Expire(RingRequest request)
    {
        if (!request.Deadline.HasPassed || !request.TryMove(RingState.Timed, RingState.Done))
        {
            return;
        }

        if (request.Limited is not { } limited)
        {
            RingEngine.End(request, -(long)Errno.ETIME);
            return;
        }

        bool ended = RingEngine.Cancel(limited);
        RingEngine.End(request, ended ? -(long)Errno.ETIME : -(long)Errno.EALREADY);
    }

    /// <summary>Takes a timeout away that waits for its time or its turn; true when it did.</summary>
    internal static bool Disarm(RingRequest timeout)
    {
        if (timeout.TryMove(RingState.Timed, RingState.Done))
        {
            return true;
        }

        return timeout.TryMove(RingState.Waiting, RingState.Done);
    }

    /// <summary>IORING_OP_TIMEOUT_REMOVE.</summary>
    internal static long RemoveTimeout(RingRequest request)
    {
        ref SubmissionEntry entry = ref request.Entry;
        const uint Known = Absolute | Update | BootTime | RealTime;
        if ((entry.OperationFlags & ~Known) != 0 || entry.Buffer != 0 || entry.Length != 0)
        {
            return -(long)Errno.EINVAL;
        }

        Deadline deadline = default;
        bool updates = (entry.OperationFlags & Update) != 0;
        Errno error = updates ? ReadDeadline(request, entry.Offset, out deadline) : Errno.Success;
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        if (request.Ring.Requests.Find(entry.Address, request, timeouts: true) is not { } found)
        {
            return -(long)Errno.ENOENT;
        }

        if (!updates)
        {
            return RingEngine.Cancel(found) ? 0 : -(long)Errno.EALREADY;
        }

        if (found.State != RingState.Timed)
        {
            return -(long)Errno.ENOENT;
        }

        found.Deadline = deadline;
        found.Actor.Kernel.Timers.Arm(found.MakeTimer(), deadline.MonotonicNs);
        if (found.State == RingState.Done)
        {
            _ = found.Actor.Kernel.Timers.Cancel(found.MakeTimer());
        }

        return 0;
    }

    /// <summary>IORING_OP_ASYNC_CANCEL.</summary>
    internal static long CancelOthers(RingRequest request)
    {
        const uint All = 1;
        const uint ByFile = 2;
        const uint Any = 4;
        const uint Fixed = 8;
        ref SubmissionEntry entry = ref request.Entry;
        uint flags = entry.OperationFlags;
        if ((flags & ~(All | ByFile | Any | Fixed)) != 0 || entry.Offset != 0 || entry.Length != 0
            || ((flags & Any) != 0 && (flags & ByFile) != 0))
        {
            return -(long)Errno.EINVAL;
        }

        if ((flags & (All | ByFile | Any)) == 0)
        {
            return request.Ring.Requests.Find(entry.Address, request, timeouts: false) is { } found
                ? RingEngine.Cancel(found) ? 0 : -(long)Errno.EALREADY : -(long)Errno.ENOENT;
        }

        OpenFile? file = null;
        if ((flags & ByFile) != 0)
        {
            file = (flags & Fixed) != 0 ? request.Ring.Files.Get(entry.Fd)
                : request.Actor.Files.Get(entry.Fd).TryGet(out OpenFile? got, out _) ? got : null;
            if (file is null)
            {
                return -(long)Errno.EBADF;
            }
        }

        int count = 0;
        foreach (RingRequest other in request.Ring.Requests.Snapshot(closes: false))
        {
            bool meant = other != request && ((flags & Any) != 0
                || (file is not null ? other.File == file : other.UserData == entry.Address));
            if (meant && RingEngine.Cancel(other))
            {
                count++;
                if ((flags & (All | Any)) == 0)
                {
                    break;
                }
            }
        }

        file?.Release();
        return (flags & (All | Any)) != 0 ? count : count > 0 ? 0 : -(long)Errno.ENOENT;
    }

    /// <summary>IORING_OP_POLL_ADD.</summary>
    internal static long Poll(RingRequest request, bool isQueued)
    {
        ref SubmissionEntry entry = ref request.Entry;
        if ((entry.Length & ~MultiShot) != 0 || entry.Buffer != 0 || entry.Offset != 0 || entry.Address != 0)
        {
            return -(long)Errno.EINVAL;
        }

        request.Events = (PollEvents)entry.OperationFlags | PollEvents.Error | PollEvents.HangUp;
        // A poll of a ring ends with its first event: its own completion would be the next.
        bool repeats = (entry.Length & MultiShot) != 0
            && request.File is { WaitQueue: not null } and not RingFile;
        PollEvents ready = repeats && !isQueued
            ? PollEvents.None : request.File!.Poll(request.Actor) & request.Events;
        if (ready == PollEvents.None)
        {
            return -(long)Errno.EAGAIN;
        }

        if (!repeats || request.Ring.Completions.HasOverflow)
        {
            return (long)ready;
        }

        request.Ring.Post(request.Actor, new CompletionEntry(request.UserData, (int)ready, MoreFlag));
        return -(long)Errno.EAGAIN;
    }

    /// <summary>IORING_OP_POLL_REMOVE; what it can do beside, changing a poll, is EINVAL here.</summary>
    internal static long RemovePoll(RingRequest request)
    {
        ref SubmissionEntry entry = ref request.Entry;
        if (entry.Length != 0 || entry.OperationFlags != 0 || entry.Offset != 0)
        {
            return -(long)Errno.EINVAL;
        }

        RingRequest? found = request.Ring.Requests.Find(entry.Address, request, timeouts: false);
        return found is not { Entry.Operation: RingOperation.PollAdd } ? -(long)Errno.ENOENT
            : RingEngine.Cancel(found) ? 0 : -(long)Errno.EALREADY;
    }

    private static long Wait(RingRequest request)
    {
        // Made before anybody who ends the request looks for it.
        KernelTimer timer = request.MakeTimer();
        _ = request.TryMove(RingState.Running, RingState.Timed);
        request.Actor.Kernel.Timers.Arm(timer, request.Deadline.MonotonicNs);
        if (request.State == RingState.Done)
        {
            _ = request.Actor.Kernel.Timers.Cancel(timer);
        }
        else if (request.IsCancelled)
        {
            _ = RingEngine.Cancel(request);
        }

        return RingEngine.Pending;
    }

    private static Errno ReadDeadline(RingRequest request, ulong address, out Deadline deadline)
    {
        deadline = default;
        Errno error = request.Actor.Memory.Read(address, out Timespec given);
        if (error != Errno.Success)
        {
            return error;
        }

        if (given.Seconds < 0 || given.Nanoseconds < 0)
        {
            return Errno.EINVAL;
        }

        uint flags = request.Entry.OperationFlags;
        long ns = given.ToNanoseconds();
        deadline = (flags & Absolute) == 0 ? Deadline.After(ns)
            : (flags & RealTime) != 0 ? Deadline.AtRealtime(ns) : new Deadline(ns);
        return Errno.Success;
    }
}
