// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>
/// What lies between those who use a FUSE file system and the daemon that serves it: questions that wait to
/// be read, and those that wait for their answers (fuse(4), Documentation/filesystems/fuse.rst).
/// </summary>
/// <remarks>
/// The daemon is a guest process and hostile. It can answer wrongly: what it says is checked, and is only the
/// content of its own files. It can be slow, silent, or wait for itself: then those who use its files wait,
/// each until its own SIGKILL, the daemon's end, or a forced unmount; they hold no lock of the kernel, only
/// turns (<see cref="FuseGate"/>) at this file system's names and at open files of it, whose waits end in the
/// same ways. It can let questions pile up: one for each waiting task, their bytes out of the sandbox's
/// <see cref="FuseBudget"/>, and <see cref="FuseQueue.MostLoose"/> that nobody waits for.
/// Locks: one of rank Object. Nothing is waited for, and no guest memory touched, under it.
/// </remarks>
internal sealed class FuseConnection(FuseBudget budget, FuseTerms terms)
{
    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly FuseQueue _queue = new(budget);
    private readonly WaitQueue _ready = new();
    private int _devices;
    private volatile FuseState _state = FuseState.Starting;

    /// <summary>What it serves; the file system keeps the connection, not the other way round.</summary>
    internal WeakReference<FuseFileSystem>? FileSystem { get; set; }

    /// <summary>What both sides agreed on.</summary>
    internal FuseTerms Terms => terms;

    internal FuseBudget Budget => budget;

    internal FuseState State => _state;

    /// <summary>Who waits for questions.</summary>
    internal WaitQueue Readers { get; } = new();

    /// <summary>True when the daemon has something to read.</summary>
    internal bool HasWork
    {
        get
        {
            using (_lock.Enter())
            {
                return !_queue.IsEmpty;
            }
        }
    }

    /// <summary>True once nothing can be asked any more.</summary>
    internal bool IsOver => _state is FuseState.Over or FuseState.Refused;

    internal void AddDevice() => Interlocked.Increment(ref _devices);

    /// <summary>The last descriptor's end is the daemon's.</summary>
    internal void DropDevice()
    {
        if (Interlocked.Decrement(ref _devices) == 0)
        {
            Abort();
        }
    }

    /// <summary>Asks, and waits for the answer, which is in the request then.</summary>
    internal Errno Ask(Caller caller, FuseRequest request)
    {
        if (caller is not Task { NeverBlocks: false } task)
        {
            return Errno.EOPNOTSUPP;
        }

        Errno error = AwaitStart(task);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!budget.TryTakeRequest(request.Charge))
        {
            return Errno.ENOMEM;
        }

        error = FuseMessages.Sign(Terms, request, task);
        request.Waiter = task;
        error = error == Errno.Success ? Enqueue(request) : error;
        if (error == Errno.Success)
        {
            error = Wait(task, request);
        }

        budget.GiveRequest(request.Charge);
        return error;
    }

    /// <summary>Asks without waiting for an answer; drops the question where too many wait.</summary>
    internal void Post(FuseRequest request)
    {
        request.IsLoose = true;
        bool isQueued;
        using (_lock.Enter())
        {
            isQueued = !IsOver && _queue.TryAdd(request);
        }

        if (!isQueued && request.Opcode == FuseOpcode.Init)
        {
            End(FuseState.Refused);
        }

        Readers.Wake(PollEvents.Readable);
    }

    /// <summary>The kernel knows a node no longer; called by finalizers too.</summary>
    internal void Forget(ulong node, ulong count)
    {
        using (_lock.Enter())
        {
            if (IsOver)
            {
                return;
            }

            _queue.AddForget(node, count);
        }

        Readers.Wake(PollEvents.Readable);
    }

    /// <summary>The next thing for the daemon: EAGAIN when there is none, ENODEV at the end.</summary>
    /// <param name="room">Bytes that it has room for; what is longer fails.</param>
    internal Result<byte[]> Next(int room)
    {
        using (_lock.Enter())
        {
            return IsOver ? Errno.ENODEV : _queue.Next(room) is { } message ? message : Errno.EAGAIN;
        }
    }

    /// <summary>The daemon could not take what it was to read.</summary>
    internal void Undeliverable(ulong unique)
    {
        FuseRequest? request;
        using (_lock.Enter())
        {
            request = _queue.Take(unique);
            request?.Finish(Errno.EIO, []);
        }

        if (request?.Opcode == FuseOpcode.Init)
        {
            End(FuseState.Refused);
        }
    }

    /// <summary>
    /// An answer has come: ENOENT when nobody asked, EINVAL when it is none (the asker gets EIO).
    /// </summary>
    internal Errno Answer(ulong unique, int error, byte[] reply)
    {
        if (error is > 0 or <= -512)
        {
            return Errno.EINVAL;
        }

        FuseRequest? request;
        bool isGood;
        using (_lock.Enter())
        {
            if ((unique & 1) != 0)
            {
                return _queue.AnswerInterrupt(unique & ~1UL, error);
            }

            request = _queue.Take(unique);
            if (request is null)
            {
                return Errno.ENOENT;
            }

            isGood = error != 0
                ? reply.Length == 0 : reply.Length >= request.Least && reply.Length <= request.Most;
            Errno outcome = !isGood ? Errno.EIO : (Errno)(-error);
            request.Finish(outcome, isGood ? reply : []);
        }

        if (request.Opcode == FuseOpcode.Init)
        {
            Start(request);
        }
        else if (request.Waiter is null && request.Error == Errno.Success)
        {
            FuseMessages.Undo(this, request);
        }

        return isGood ? Errno.Success : Errno.EINVAL;
    }

    /// <summary>All waits end, with ECONNABORTED; there is nothing to be asked any more.</summary>
    internal void Abort() => End(FuseState.Over);

    private void End(FuseState state)
    {
        using (_lock.Enter())
        {
            if (IsOver)
            {
                return;
            }

            _state = state;
            Errno error = state == FuseState.Refused ? Errno.ECONNREFUSED : Errno.ECONNABORTED;
            _queue.EndAll(error);
        }

        _ready.Wake(PollEvents.In | PollEvents.HangUp);
        Readers.Wake(PollEvents.Readable);
    }

    // The answer to INIT: from here on questions go out.
    private void Start(FuseRequest init)
    {
        if (init.Error != Errno.Success || !Terms.TryAccept(init.Reply))
        {
            End(FuseState.Refused);
            return;
        }

        using (_lock.Enter())
        {
            _state = _state == FuseState.Starting ? FuseState.Serving : _state;
        }

        _ready.Wake(PollEvents.In);
    }

    private Errno AwaitStart(Task task)
    {
        if (_state == FuseState.Serving)
        {
            return Errno.Success;
        }

        var waiter = new TaskWaiter(task, PollEvents.In);
        _ready.Add(waiter);
        Errno error = Errno.Success;
        while (_state == FuseState.Starting && error == Errno.Success)
        {
            error = KillableWait.Sleep(task) ? Errno.Success : Errno.EINTR;
        }

        _ready.Remove(waiter);
        return error != Errno.Success ? error : _state switch
        {
            FuseState.Serving => Errno.Success,
            FuseState.Refused => Errno.ECONNREFUSED,
            _ => Errno.ENOTCONN,
        };
    }

    private Errno Enqueue(FuseRequest request)
    {
        using (_lock.Enter())
        {
            if (IsOver)
            {
                return _state == FuseState.Refused ? Errno.ECONNREFUSED : Errno.ENOTCONN;
            }

            _ = _queue.TryAdd(request);
        }

        Readers.Wake(PollEvents.Readable);
        return Errno.Success;
    }

    private Errno Wait(Task task, FuseRequest request)
    {
        while (!request.IsDone)
        {
            if (KillableWait.IsEnding(task) && TryGiveUp(request))
            {
                return Errno.EINTR;
            }

            if (!request.IsInterrupted && KillableWait.HasSignal(task))
            {
                Interrupt(request);
            }

            _ = KillableWait.Sleep(task);
        }

        return request.Error;
    }

    private void Interrupt(FuseRequest request)
    {
        using (_lock.Enter())
        {
            _queue.Interrupt(request);
        }

        Readers.Wake(PollEvents.Readable);
    }

    private bool TryGiveUp(FuseRequest request)
    {
        bool isGivenUp;
        using (_lock.Enter())
        {
            isGivenUp = _queue.TryGiveUp(request);
        }

        Readers.Wake(PollEvents.Readable);
        return isGivenUp;
    }
}
