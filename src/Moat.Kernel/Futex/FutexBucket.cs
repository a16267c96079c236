// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Base;

namespace Moat.Kernel.Futex;

/// <summary>One list of waiters, those whose keys hash to it, in the order in which they came.</summary>
/// <remarks>Locks: <see cref="Lock"/> guards the list, the counter and the listed waiters.</remarks>
internal sealed class FutexBucket
{
    internal readonly RankedLock Lock = new(LockRank.Futex);
    internal readonly int Index;

    /// <summary>
    /// Counts additions: tells a compare-and-requeue whether someone came after its look at the word.
    /// </summary>
    internal uint Additions;
    internal FutexWaiter? First;
    private FutexWaiter? _last;

    internal FutexBucket(int index) => Index = index;

    internal void AddLocked(FutexWaiter waiter)
    {
        Additions++;
        Volatile.Write(ref waiter.Bucket, this);
        waiter.Previous = _last;
        waiter.Next = null;
        if (_last is null)
        {
            First = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
    }

    /// <summary>Takes a waiter off the list and says so.</summary>
    internal void RemoveLocked(FutexWaiter waiter)
    {
        UnlinkLocked(waiter);
        Volatile.Write(ref waiter.Bucket, null);
    }

    /// <summary>Takes a waiter off the list to put it into another: it never seems to be in none.</summary>
    internal void UnlinkLocked(FutexWaiter waiter)
    {
        if (waiter.Previous is null)
        {
            First = waiter.Next;
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

        waiter.Previous = null;
        waiter.Next = null;
    }
}
