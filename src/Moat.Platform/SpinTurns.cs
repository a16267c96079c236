// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.Threading;
using Moat.Base;

namespace Moat.Platform;

/// <summary>
/// Who may spin: a hand-off that spins takes two CPUs, so that only half as many as there are CPUs can do so
/// at a time. The others sleep at once; those whose calls come densely queue for a turn of their own.
/// </summary>
/// <remarks>
/// A call handed over by spinning costs some hundred nanoseconds, one by sleeping some microseconds of both
/// CPUs: many busy threads get more done one after the other, each with two CPUs, than all at once
/// (docs/decisions/0007). Locks: a leaf lock guards the queue.
/// </remarks>
internal sealed class SpinTurns
{
    private const long LongestWaitNs = 20_000_000;
    private static readonly long s_turnTicks = Stopwatch.Frequency / 500;
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly int _places = Math.Max(Environment.ProcessorCount / 2, 1);
    private HandOff? _first;
    private HandOff? _last;
    private int _free;
    private int _active;
    private int _waiting;

    /// <summary>All turns are free.</summary>
    internal SpinTurns() => _free = _places;

    /// <summary>True while someone queues for a turn: whoever has one counts its time.</summary>
    internal bool HasWaiters => Volatile.Read(ref _waiting) > 0;

    /// <summary>True while more threads run, in the guest or in a call, than can have two CPUs.</summary>
    internal bool IsCrowded => Volatile.Read(ref _active) > _places;

    /// <summary>True when a turn that was first counted at <paramref name="since"/> is over.</summary>
    internal static bool IsOver(long since, long now) => now - since > s_turnTicks;

    /// <summary>One more thread runs, or one fewer.</summary>
    internal void Count(int change) => Interlocked.Add(ref _active, change);

    /// <summary>Takes a turn if one is free.</summary>
    internal bool TryTake()
    {
        int free = Volatile.Read(ref _free);
        while (free > 0)
        {
            int seen = Interlocked.CompareExchange(ref _free, free - 1, free);
            if (seen == free)
            {
                return true;
            }

            free = seen;
        }

        return false;
    }

    /// <summary>Gives a turn back: to the first in the queue, if there is one.</summary>
    internal void Release()
    {
        HandOff? next;
        using (_lock.Enter())
        {
            next = _first;
            if (next is null)
            {
                Interlocked.Increment(ref _free);
                return;
            }

            Remove(next);
        }

        next.TakeTurn();
    }

    /// <summary>Queues for a turn, for a bounded time; false when none came.</summary>
    internal bool Wait(HandOff waiter, Parker parker)
    {
        using (_lock.Enter())
        {
            if (TryTake())
            {
                return true;
            }

            waiter.Next = null;
            _ = _last is null ? _first = waiter : _last.Next = waiter;
            _last = waiter;
            waiter.IsQueued = true;
            Volatile.Write(ref _waiting, _waiting + 1);
        }

        long now = Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);
        if (parker.Park(now + LongestWaitNs))
        {
            return true;
        }

        using (_lock.Enter())
        {
            if (waiter.IsQueued)
            {
                Remove(waiter);
                return false;
            }
        }

        // It came just then.
        parker.Park(long.MaxValue);
        return true;
    }

    private void Remove(HandOff waiter)
    {
        HandOff? before = null;
        for (HandOff? at = _first; at != waiter; at = at!.Next)
        {
            before = at;
        }

        _ = before is null ? _first = waiter.Next : before.Next = waiter.Next;
        if (_last == waiter)
        {
            _last = before;
        }

        waiter.Next = null;
        waiter.IsQueued = false;
        Volatile.Write(ref _waiting, _waiting - 1);
    }
}
