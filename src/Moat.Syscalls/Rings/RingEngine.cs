// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Rings;
using Moat.Base;
using Moat.Kernel.Async;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls.Rings;

/// <summary>
/// Moves requests on: begins them, tries again when a file is ready, ends them, goes on to the next.
/// </summary>
/// <remarks>
/// A request is tried in its submitter's call first. What would have to wait is put on its file's wait queue
/// and tried again, without ever blocking, by the kernel's thread for deferred work: no request has a thread
/// of its own.
/// </remarks>
internal static class RingEngine
{
    /// <summary>A result that says: it is not done.</summary>
    internal const long Pending = long.MinValue;

    private const long Again = -(long)Errno.EAGAIN;

    /// <summary>Begins a chain of requests whose turn it is, and what had to wait for it.</summary>
    /// <param name="chain">The first.</param>
    /// <param name="task">The task that submits, on its own thread; null on other threads.</param>
    internal static void Start(RingRequest chain, Task? task)
    {
        RingFile ring = chain.Ring;
        if (ring.Requests.MayBegin(chain))
        {
            Drive(chain, task);
            Pump(ring, task);
        }
    }

    /// <summary>A file that it waits for may be ready, or its time has come.</summary>
    internal static void Continue(RingRequest request)
    {
        AsyncGate gate = request.Actor.Mm.Gate;
        if (!gate.TryEnter())
        {
            // The process is going; it gives up what is left.
            return;
        }

        if (request.TryMove(RingState.Armed, RingState.Running))
        {
            long result = Work(request, null, isQueued: true);
            if (result != Pending)
            {
                Drive(Finish(request, result), null);
                Pump(request.Ring, null);
            }
        }
        else if (request.State == RingState.Timed)
        {
            RingControl.Expire(request);
        }

        gate.Exit();
    }

    /// <summary>Ends a request that waits; false when a thread works on it, or it is done.</summary>
    internal static bool Cancel(RingRequest request)
    {
        request.IsCancelled = true;
        if (!request.TryMove(RingState.Armed, RingState.Done)
            && !request.TryMove(RingState.Timed, RingState.Done)
            && !request.TryMove(RingState.Waiting, RingState.Done))
        {
            return false;
        }

        End(request, -(long)Errno.ECANCELED);
        return true;
    }

    /// <summary>A request whose state has been set to done: its completion, and what follows it.</summary>
    internal static void End(RingRequest request, long result)
    {
        Drive(Finish(request, result), null);
        Pump(request.Ring, null);
    }

    private static void Drive(RingRequest? request, Task? task)
    {
        while (request is not null)
        {
            request = Step(request, task);
        }
    }

    private static void Pump(RingFile ring, Task? task)
    {
        while (ring.Requests.NextDrained() is { } chain)
        {
            Drive(chain, task);
        }
    }

    private static RingRequest? Step(RingRequest request, Task? task)
    {
        if (!request.TryMove(RingState.Waiting, RingState.Running))
        {
            return null;
        }

        long result = request.Refused != Errno.Success ? -(long)request.Refused
            : request.IsCancelled || (task is null && request.Actor.Mm.Gate.IsClosed)
            ? -(long)Errno.ECANCELED : Work(request, task, isQueued: false);
        if (result != Pending)
        {
            return Finish(request, result);
        }

        if (request.Limit is { } limit)
        {
            RingControl.StartLimit(limit);
        }

        return null;
    }

    // Tries; then waits on the file's queue and tries once more, so that no event is missed.
    private static long Work(RingRequest request, Task? task, bool isQueued)
    {
        while (true)
        {
            request.IsNotified = false;
            OpenFile? before = isQueued ? request.Blocked : null;
            long result = RingCalls.Run(request, task, isQueued);
            if (result != Again || RingCalls.NeverWaits(request)
                || request.Blocked?.WaitQueue is not { } queue)
            {
                return result;
            }

            if (before != request.Blocked)
            {
                before?.WaitQueue?.Remove(request.MakeWaiter());
                queue.Add(request.MakeWaiter());
                isQueued = true;
                continue;
            }

            _ = request.TryMove(RingState.Running, RingState.Armed);
            if (!request.IsCancelled && !request.IsNotified)
            {
                return Pending;
            }

            if (!request.TryMove(RingState.Armed, RingState.Running))
            {
                return Pending;
            }

            if (request.IsCancelled)
            {
                return -(long)Errno.ECANCELED;
            }
        }
    }

    /// <summary>Completes it; returns the next of its chain, if that is to begin.</summary>
    private static RingRequest? Finish(RingRequest request, long result)
    {
        FinishOne(request, result);
        if (request.Limit is { } limit && RingControl.Disarm(limit))
        {
            FinishOne(limit, -(long)Errno.ECANCELED);
        }

        RingFile ring = request.Ring;
        while (ring.Requests.TakeCounted(ring.Completions.Posted) is { } counted)
        {
            if (RingControl.Disarm(counted))
            {
                FinishOne(counted, 0);
            }
        }

        bool isHard = (request.Entry.Flags & RingEntryFlags.HardLink) != 0;
        if (request.Next is not { } next || isHard || !RingCalls.HasFailed(request, result))
        {
            return request.Next;
        }

        for (RingRequest? at = next; at is not null; at = at.Next)
        {
            if (at.TryMove(RingState.Waiting, RingState.Done))
            {
                FinishOne(at, at.Refused != Errno.Success ? -(long)at.Refused : -(long)Errno.ECANCELED);
            }

            if (at.Limit is { } late && RingControl.Disarm(late))
            {
                FinishOne(late, -(long)Errno.ECANCELED);
            }
        }

        return null;
    }

    private static void FinishOne(RingRequest request, long result)
    {
        _ = request.TryMove(RingState.Running, RingState.Done);
        request.LetGo();
        request.Ring.Requests.Remove(request);
        bool skips = (request.Entry.Flags & RingEntryFlags.SkipSuccess) != 0 && result >= 0;
        if (!skips)
        {
            var entry = new CompletionEntry(request.UserData, (int)result, request.Flags);
            request.Ring.Post(request.Actor, entry);
        }
    }
}
