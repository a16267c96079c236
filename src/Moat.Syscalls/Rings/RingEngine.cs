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

    /// <summary>Begins a chain of requests; called where no request is being worked on.</summary>
    /// <param name="chain">The first.</param>
    /// <param name="task">The task that submits, on its own thread.</param>
    internal static void Start(RingRequest chain, Task task)
    {
        RingFile ring = chain.Ring;
        if (!ring.Requests.MayBegin(chain))
        {
            return;
        }

        RingRequest? request = chain;
        do
        {
            request = Step(request, task);
        }
        while (request is not null && !task.IsInterrupted);

        if (request is not null)
        {
            ring.Requests.Resume(request);
        }

        ring.GoOn();
    }

    /// <summary>One request whose turn has come, of those that no submitter begins; false for none.</summary>
    internal static bool StartNext(RingFile ring)
    {
        if (ring.Requests.Next() is not { } request)
        {
            return false;
        }

        if (Step(request, null) is { } next)
        {
            ring.Requests.Resume(next);
        }

        return true;
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

        try
        {
            if (request.TryMove(RingState.Armed, RingState.Running))
            {
                long result = Work(request, null, isQueued: true);
                if (result != Pending)
                {
                    End(request, result);
                }
            }
            else if (request.State == RingState.Timed)
            {
                RingControl.Expire(request);
            }
        }
        finally
        {
            gate.Exit();
        }
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

    /// <summary>
    /// A request whose state has been set to done, or that this thread works on: its completion. What
    /// follows it is left to the ring's pump, since this may be called while another request is worked on,
    /// and chains of requests that end each other must not nest on the stack.
    /// </summary>
    internal static void End(RingRequest request, long result)
    {
        if (Finish(request, result) is { } next)
        {
            request.Ring.Requests.Resume(next);
        }

        request.Ring.GoOn();
    }

    // One request, whose turn it is; returns the next of its chain if that is to begin now.
    private static RingRequest? Step(RingRequest request, Task? task)
    {
        AsyncGate gate = request.Actor.Mm.Gate;
        bool entered = gate.TryEnter();
        try
        {
            if (!request.TryMove(RingState.Waiting, RingState.Running))
            {
                return null;
            }

            long result = request.Refused != Errno.Success ? -(long)request.Refused
                : request.IsCancelled || !entered ? -(long)Errno.ECANCELED
                : Work(request, task, isQueued: false);
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
        finally
        {
            if (entered)
            {
                gate.Exit();
            }
        }
    }

    // Tries; then waits on the file's queue and tries once more, so that no event is missed.
    private static long Work(RingRequest request, Task? task, bool isQueued)
    {
        request.IsNotified = false;
        long result = Try(request, task, isQueued);
        if (result != Again || request.AwaitedQueue is not { } queue)
        {
            return result;
        }

        if (request.WaitOn(queue))
        {
            request.IsNotified = false;
            result = Try(request, task, isQueued: true);
            if (result != Again || request.AwaitedQueue is not { } other)
            {
                return result;
            }

            request.IsNotified |= request.WaitOn(other);
        }

        _ = request.TryMove(RingState.Running, RingState.Armed);
        if (request.IsCancelled)
        {
            return request.TryMove(RingState.Armed, RingState.Running) ? -(long)Errno.ECANCELED : Pending;
        }

        if (request.IsNotified)
        {
            // What came while it was tried; others have their turn first.
            request.Actor.Kernel.Deferred.Post(request);
        }

        return Pending;
    }

    private static long Try(RingRequest request, Task? task, bool isQueued)
    {
        request.Awaited = null;
        DeferredCalls.Current = request;
        try
        {
            return RingCalls.Run(request, task, isQueued);
        }
        finally
        {
            DeferredCalls.Current = null;
        }
    }

    // Completes it, and what counted completions; returns the next of its chain, if that is to begin.
    private static RingRequest? Finish(RingRequest request, long result)
    {
        FinishOne(request, result);
        RingRequest? next = Follow(request, result);
        RingFile ring = request.Ring;
        while (ring.Requests.TakeCounted(ring.Completions.Posted) is { } counted)
        {
            if (RingControl.Disarm(counted))
            {
                FinishOne(counted, 0);
                if (Follow(counted, 0) is { } other)
                {
                    ring.Requests.Resume(other);
                }
            }
        }

        return next;
    }

    // What a request that is done had to do with: its linked timeout, and what was linked to it.
    private static RingRequest? Follow(RingRequest request, long result)
    {
        if (request.Limit is { } limit && RingControl.Disarm(limit))
        {
            FinishOne(limit, -(long)Errno.ECANCELED);
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
