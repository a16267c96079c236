// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi.Signals;

namespace Moat.Kernel.Signals;

/// <summary>Signals waiting for one task or one thread group (struct sigpending).</summary>
/// <remarks>
/// Locks: the thread group's signal lock. Invariants: a standard signal is queued at most once.
/// </remarks>
public sealed class PendingSignals
{
    /// <summary>Most signals queued per set: what RLIMIT_SIGPENDING bounds on Linux.</summary>
    public const int QueueLimit = 4096;

    private readonly List<SigInfo> _queue = [];

    /// <summary>The pending set, bit n-1 for signal n.</summary>
    public ulong Mask { get; private set; }

    /// <summary>Adds a signal; false when the queue is full (EAGAIN for rt_sigqueueinfo).</summary>
    public bool Add(in SigInfo info)
    {
        ulong bit = 1UL << (info.Number - 1);
        if (info.Number < (int)Signal.SIGRTMIN && (Mask & bit) != 0)
        {
            return true;
        }

        if (_queue.Count >= QueueLimit && info.Number != (int)Signal.SIGKILL)
        {
            return false;
        }

        Mask |= bit;
        _queue.Add(info);
        return true;
    }

    /// <summary>
    /// Adds to the overrun of a timer's signal that is still queued; false when there is none.
    /// </summary>
    internal bool AddOverrun(int number, int timerId, int more, out int overrun)
    {
        overrun = 0;
        if ((Mask >> (number - 1) & 1) == 0)
        {
            return false;
        }

        for (int i = 0; i < _queue.Count; i++)
        {
            SigInfo info = _queue[i];
            if (info.Number == number && info.Code == SigInfo.SI_TIMER && info.TimerId == timerId)
            {
                info.Overrun = (int)System.Math.Min((long)info.Overrun + more, int.MaxValue);
                overrun = info.Overrun;
                _queue[i] = info;
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes the lowest-numbered signal of the given set, oldest first.</summary>
    public bool TryTake(ulong allowed, out SigInfo info)
    {
        ulong present = Mask & allowed;
        if (present == 0)
        {
            info = default;
            return false;
        }

        int number = Pick(present);
        int first = -1;
        bool more = false;
        for (int i = 0; i < _queue.Count; i++)
        {
            if (_queue[i].Number == number)
            {
                if (first >= 0)
                {
                    more = true;
                    break;
                }

                first = i;
            }
        }

        info = _queue[first];
        _queue.RemoveAt(first);
        if (!more)
        {
            Mask &= ~(1UL << (number - 1));
        }

        return true;
    }

    /// <summary>A queued signal, oldest first; false behind the last.</summary>
    public bool TryPeek(int index, out SigInfo info)
    {
        bool isThere = (uint)index < (uint)_queue.Count;
        info = isThere ? _queue[index] : default;
        return isThere;
    }

    /// <summary>Drops every pending signal of the set.</summary>
    public void Discard(ulong set)
    {
        if ((Mask & set) == 0)
        {
            return;
        }

        Mask &= ~set;
        _queue.RemoveAll(info => (set >> (info.Number - 1) & 1) != 0);
    }

    // Synchronous signals come before others (kernel/signal.c, next_signal).
    private static int Pick(ulong present)
    {
        const ulong Synchronous = (1UL << 10) | (1UL << 6) | (1UL << 3) | (1UL << 4) | (1UL << 7)
            | (1UL << 30);
        ulong from = (present & Synchronous) != 0 ? present & Synchronous : present;
        return System.Numerics.BitOperations.TrailingZeroCount(from) + 1;
    }
}
