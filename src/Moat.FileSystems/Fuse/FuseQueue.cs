// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;

namespace Moat.FileSystems.Fuse;

/// <summary>What a daemon is to read, and what it is to answer.</summary>
/// <param name="budget">Pays for what nobody waits for; who waits pays for the rest.</param>
/// <remarks>
/// Locks: its connection's is held around every call.
/// Invariants: a request with a <see cref="FuseRequest.Place"/> was not read yet; one that was read stands in
/// the table of those sent until its answer, or until too many wait that nobody waits for.
/// </remarks>
internal sealed class FuseQueue(FuseBudget budget)
{
    /// <summary>Most requests that nobody waits for, unread; and most that were read.</summary>
    internal const int MostLoose = 4096;

    /// <summary>Most nodes to be forgotten; a daemon that does not read keeps what comes then.</summary>
    private const int MostForgets = 256 * 1024;

    private const int ForgetBytes = 32;

    private readonly LinkedList<FuseRequest> _pending = new();
    private readonly Dictionary<ulong, FuseRequest> _sent = [];
    private readonly Queue<ulong> _interrupts = new();
    private readonly Queue<ulong> _loose = new();
    private readonly Queue<(ulong Node, ulong Count)> _forgets = new();
    private ulong _lastUnique;
    private int _loosePending;
    private int _turn;
    private bool _ignoresInterrupts;

    internal bool IsEmpty => _pending.Count == 0 && _interrupts.Count == 0 && _forgets.Count == 0;

    /// <summary>Adds a question; false for one too many that nobody waits for.</summary>
    internal bool TryAdd(FuseRequest request)
    {
        if (request.IsLoose && (_loosePending >= MostLoose || !budget.TryTakeRequest(request.Charge)))
        {
            return false;
        }

        _loosePending += request.IsLoose ? 1 : 0;
        request.Unique = NextUnique();
        FuseMessages.WriteHeader(request);
        request.Place = _pending.AddLast(request);
        return true;
    }

    internal void AddForget(ulong node, ulong count)
    {
        if (count > 0 && _forgets.Count < MostForgets && budget.TryTakeRequest(ForgetBytes))
        {
            _forgets.Enqueue((node, count));
        }
    }

    /// <summary>The next message for the daemon; null when there is none. What is longer than the room
    /// fails.</summary>
    internal byte[]? Next(int room)
    {
        while (true)
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
                int before = _forgets.Count;
                byte[] forget = FuseMessages.Forget(_forgets, NextUnique());
                budget.GiveRequest((before - _forgets.Count) * ForgetBytes);
                return forget;
            }

            if (_pending.First is not { Value: { } request })
            {
                return null;
            }

            Unlink(request);
            byte[] message = request.Message;
            if (message.Length <= room)
            {
                Send(request);
                return message;
            }

            GiveLoose(request);
            request.Finish(request.Opcode == FuseOpcode.SetXattr ? Errno.E2BIG : Errno.EIO, []);
        }
    }

    /// <summary>Takes a question that was read; null when nobody asked it.</summary>
    internal FuseRequest? Take(ulong unique)
    {
        if (_sent.Remove(unique, out FuseRequest? request))
        {
            GiveLoose(request);
        }

        return request;
    }

    /// <summary>A signal came for who asked: said to the daemon once it knows the question.</summary>
    internal void Interrupt(FuseRequest request)
    {
        request.IsInterrupted = true;
        if (request.Place is null && !request.IsDone)
        {
            QueueInterrupt(request.Unique);
        }
    }

    /// <summary>The daemon's answer to an INTERRUPT: that it knows none, or is to be told again.</summary>
    internal Errno AnswerInterrupt(ulong unique, int error)
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
                QueueInterrupt(unique);
                break;
        }

        return Errno.Success;
    }

    /// <summary>
    /// Who asked waits no longer: what the daemon has not read it never will. False when the answer is there.
    /// </summary>
    internal bool TryGiveUp(FuseRequest request)
    {
        if (request.IsDone)
        {
            return false;
        }

        request.Waiter = null;
        if (request.Place is not null)
        {
            Unlink(request);
            return true;
        }

        QueueInterrupt(request.Unique);
        KeepLoose(request.Unique);
        return true;
    }

    /// <summary>All questions end.</summary>
    internal void EndAll(Errno error)
    {
        foreach (FuseRequest request in _pending)
        {
            GiveLoose(request);
            request.Finish(error, []);
        }

        foreach (FuseRequest request in _sent.Values)
        {
            GiveLoose(request);
            request.Finish(error, []);
        }

        budget.GiveRequest(_forgets.Count * ForgetBytes);
        _pending.Clear();
        _sent.Clear();
        _forgets.Clear();
        _interrupts.Clear();
        _loose.Clear();
    }

    private ulong NextUnique() => _lastUnique += 2;

    private void Unlink(FuseRequest request)
    {
        _pending.Remove(request.Place!);
        request.Place = null;
        _loosePending -= request.IsLoose ? 1 : 0;
    }

    private void Send(FuseRequest request)
    {
        request.Message = [];
        _sent.Add(request.Unique, request);
        if (request.IsLoose && request.Opcode != FuseOpcode.Init)
        {
            KeepLoose(request.Unique);
        }
        else if (request.IsInterrupted)
        {
            QueueInterrupt(request.Unique);
        }
    }

    private void QueueInterrupt(ulong unique)
    {
        if (!_ignoresInterrupts && _interrupts.Count <= _sent.Count)
        {
            _interrupts.Enqueue(unique);
        }
    }

    // The oldest of too many that nobody waits for: an answer to it is one to a question never asked.
    private void KeepLoose(ulong unique)
    {
        _loose.Enqueue(unique);
        while (_loose.Count > MostLoose)
        {
            _ = Take(_loose.Dequeue());
        }
    }

    private void GiveLoose(FuseRequest request)
    {
        if (request.IsLoose)
        {
            budget.GiveRequest(request.Charge);
        }
    }
}
