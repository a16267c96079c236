// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
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
/// same ways. It can let questions pile up: one for each waiting task, and
/// <see cref="MostLoose"/> that nobody waits for; their bytes come from the sandbox's <see cref="FuseBudget"/>.
/// Locks: one of rank Object. Nothing is waited for, and no guest memory touched, under it.
/// </remarks>
internal sealed class FuseConnection(FuseBudget budget, FuseTerms terms)
{
    /// <summary>Most requests that nobody waits for, unread; and most of them read and not answered.</summary>
    internal const int MostLoose = 4096;

    /// <summary>Most nodes that wait to be forgotten; a daemon that does not read keeps what comes then.</summary>
    private const int MostForgets = 256 * 1024;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly LinkedList<FuseRequest> _pending = new();
    private readonly Dictionary<ulong, FuseRequest> _sent = [];
    private readonly Queue<ulong> _interrupts = new();
    private readonly Queue<ulong> _loose = new();
    private readonly Queue<(ulong Node, ulong Count)> _forgets = new();
    private readonly WaitQueue _ready = new();
    private ulong _lastUnique;
    private int _loosePending;
    private int _turn;
    private int _devices;
    private bool _ignoresInterrupts;
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
                return _pending.Count > 0 || _interrupts.Count > 0 || _forgets.Count > 0;
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
        using (_lock.Enter())
        {
            if (!IsOver && _loosePending < MostLoose)
            {
                request.IsLoose = true;
                _loosePending++;
                EnqueueLocked(request);
            }
        }

        Readers.Wake(PollEvents.Readable);
    }

    /// <summary>The kernel knows a node no longer; called by finalizers too.</summary>
    internal void Forget(ulong node, ulong count)
    {
        using (_lock.Enter())
        {
            if (IsOver || count == 0 || _forgets.Count >= MostForgets)
            {
                return;
            }

            _forgets.Enqueue((node, count));
        }

        Readers.Wake(PollEvents.Readable);
    }

    /// <summary>The next thing for the daemon: EAGAIN when there is none, ENODEV at the end.</summary>
    /// <param name="room">Bytes that it has room for; what is longer fails.</param>
    internal Result<byte[]> Next(int room)
    {
        using (_lock.Enter())
        {
            while (!IsOver)
            {
                if (_interrupts.TryDequeue(out ulong interrupted))
                {
                    if (_sent.ContainsKey(interrupted))
                    {
                        return FuseMessages.Interrupt(interrupted);
                    }

                    continue;
                }

                // Questions first, but those to be forgotten are not to wait for ever.
                if (_forgets.Count > 0 && (_pending.Count == 0 || ++_turn % 8 == 0))
                {
                    return FuseMessages.Forget(_forgets, NextUniqueLocked());
                }

                if (_pending.First is not { Value: { } request })
                {
                    return Errno.EAGAIN;
                }

                DequeueLocked(request);
                byte[] message = request.Message;
                if (message.Length > room)
                {
                    request.Finish(
                        request.Opcode == FuseOpcode.SetXattr ? Errno.E2BIG : Errno.EIO, []);
                    continue;
                }

                SendLocked(request);
                return message;
            }

            return Errno.ENODEV;
        }
    }

    /// <summary>The daemon could not take what it was to read.</summary>
    internal void Undeliverable(ulong unique)
    {
        using (_lock.Enter())
        {
            if (_sent.Remove(unique, out FuseRequest? request))
            {
                request.Finish(Errno.EIO, []);
            }
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
                return AnswerInterruptLocked(unique & ~1UL, error);
            }

            if (!_sent.Remove(unique, out request))
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
            foreach (FuseRequest request in _pending)
            {
                request.Finish(error, []);
            }

            foreach (FuseRequest request in _sent.Values)
            {
                request.Finish(error, []);
            }

            _pending.Clear();
            _sent.Clear();
            _forgets.Clear();
            _interrupts.Clear();
            _loose.Clear();
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

            EnqueueLocked(request);
        }

        Readers.Wake(PollEvents.Readable);
        return Errno.Success;
    }

    private Errno Wait(Task task, FuseRequest request)
    {
        while (!request.IsDone)
        {
            if (KillableWait.IsEnding(task))
            {
                GiveUp(request);
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

    // One that the daemon has not read yet is told of when it is read (fuse(4): it is not taken back).
    private void Interrupt(FuseRequest request)
    {
        using (_lock.Enter())
        {
            request.IsInterrupted = true;
            if (request.Place is null && !request.IsDone)
            {
                QueueInterruptLocked(request.Unique);
            }
        }

        Readers.Wake(PollEvents.Readable);
    }

    // Nobody waits any more: what the daemon has not read it never will.
    private void GiveUp(FuseRequest request)
    {
        using (_lock.Enter())
        {
            request.Waiter = null;
            if (request.IsDone)
            {
                return;
            }

            if (request.Place is not null)
            {
                DequeueLocked(request);
                return;
            }

            QueueInterruptLocked(request.Unique);
            KeepLooseLocked(request.Unique);
        }

        Readers.Wake(PollEvents.Readable);
    }

    private Errno AnswerInterruptLocked(ulong unique, int error)
    {
        if (!_sent.ContainsKey(unique))
        {
            return Errno.ENOENT;
        }

        switch (-error)
        {
            case (int)Errno.ENOSYS:
                _ignoresInterrupts = true;
                break;
            case (int)Errno.EAGAIN:
                QueueInterruptLocked(unique);
                break;
        }

        return Errno.Success;
    }

    private void QueueInterruptLocked(ulong unique)
    {
        if (!_ignoresInterrupts && _interrupts.Count <= _sent.Count && !IsOver)
        {
            _interrupts.Enqueue(unique);
        }
    }

    private ulong NextUniqueLocked() => _lastUnique += 2;

    private void EnqueueLocked(FuseRequest request)
    {
        request.Unique = NextUniqueLocked();
        FuseMessages.WriteHeader(request);
        request.Place = _pending.AddLast(request);
    }

    private void DequeueLocked(FuseRequest request)
    {
        _pending.Remove(request.Place!);
        request.Place = null;
        _loosePending -= request.IsLoose ? 1 : 0;
    }

    private void SendLocked(FuseRequest request)
    {
        request.Message = [];
        _sent.Add(request.Unique, request);
        if (request.IsLoose && request.Opcode != FuseOpcode.Init)
        {
            KeepLooseLocked(request.Unique);
        }
        else if (request.IsInterrupted)
        {
            QueueInterruptLocked(request.Unique);
        }
    }

    // The oldest of too many that nobody waits for: an answer to it is one to a question never asked.
    private void KeepLooseLocked(ulong unique)
    {
        _loose.Enqueue(unique);
        while (_loose.Count > MostLoose)
        {
            _ = _sent.Remove(_loose.Dequeue());
        }
    }
}
