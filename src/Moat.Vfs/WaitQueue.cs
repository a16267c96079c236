// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Base;

namespace Moat.Vfs;

/// <summary>
/// The waiters of one object. An object calls <see cref="Wake"/> after its state has changed.
/// </summary>
/// <remarks>
/// Locks: its own, of rank <see cref="LockRank.WaitQueue"/>. Waking an empty queue takes no lock.
/// </remarks>
public sealed class WaitQueue
{
    private readonly RankedLock _lock = new(LockRank.WaitQueue);
    private Waiter? _first;
    private Waiter? _last;

    /// <summary>
    /// How deep this queue lies in a chain of queues that wake each other (epoll sets); 0 for all others.
    /// </summary>
    public int Nesting { get; set; }

    /// <summary>True when nobody waits (a hint: no lock is taken).</summary>
    public bool IsEmpty => Volatile.Read(ref _first) is null;

    /// <summary>Adds an entry; the caller checks its condition again afterwards, before it sleeps.</summary>
    public void Add(Waiter waiter)
    {
        using (_lock.EnterNested(Nesting))
        {
            waiter.Queue = this;
            waiter.Previous = _last;
            waiter.Next = null;
            if (_last is null)
            {
                Volatile.Write(ref _first, waiter);
            }
            else
            {
                _last.Next = waiter;
            }

            _last = waiter;
        }

        Interlocked.MemoryBarrier();
    }

    /// <summary>
    /// Removes an entry; harmless when it is not there. No notification runs after this returns.
    /// </summary>
    public void Remove(Waiter waiter)
    {
        using (_lock.EnterNested(Nesting))
        {
            if (waiter.Queue != this)
            {
                return;
            }

            if (waiter.Previous is null)
            {
                Volatile.Write(ref _first, waiter.Next);
            }
            else
            {
                waiter.Previous.Next = waiter.Next;
            }

            if (waiter.Next is null)
            {
                _last = waiter.Previous;
            }
            else
            {
                waiter.Next.Previous = waiter.Previous;
            }

            waiter.Queue = null;
            waiter.Previous = null;
            waiter.Next = null;
        }
    }

    /// <summary>
    /// Notifies every entry interested in one of the events, of exclusive ones up to the first that takes it
    /// (all, when it is an end). Call it after the state change is visible.
    /// </summary>
    public void Wake(PollEvents events)
    {
        Interlocked.MemoryBarrier();
        if (IsEmpty)
        {
            return;
        }

        using (_lock.EnterNested(Nesting))
        {
            bool isTaken = false;
            bool isEnd = (events & (PollEvents.Error | PollEvents.HangUp)) != 0;
            Waiter? waiter = _first;
            while (waiter is not null)
            {
                Waiter? next = waiter.Next;
                if (((waiter.Interest | PollEvents.Error | PollEvents.HangUp) & events) != 0
                    && !(isTaken && waiter.IsExclusive))
                {
                    isTaken |= waiter.Notify(events) && !isEnd;
                }

                waiter = next;
            }
        }
    }
}
