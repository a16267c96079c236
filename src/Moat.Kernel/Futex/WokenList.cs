// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Futex;

/// <summary>
/// Waiters taken off their lists under a bucket's lock, to be woken after it (the kernel's wake_q).
/// </summary>
internal ref struct WokenList
{
    private FutexWaiter? _first;
    private FutexWaiter? _last;

    internal int Count { get; private set; }

    /// <summary>
    /// Takes the waiter from its bucket, whose lock is held; it is the list's until <see cref="WakeAll"/>.
    /// </summary>
    internal void TakeLocked(FutexBucket bucket, FutexWaiter waiter, uint bitset)
    {
        waiter.WokenBy = bitset;
        bucket.RemoveLocked(waiter);
        if (_last is null)
        {
            _first = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
        Count++;
    }

    /// <summary>Wakes them in the order in which they were taken. No lock may be held.</summary>
    internal void WakeAll()
    {
        FutexWaiter? waiter = _first;
        while (waiter is not null)
        {
            // Read before the wake: after it the waiter may already wait for something else.
            FutexWaiter? next = waiter.Next;
            waiter.Next = null;
            waiter.FinishWake();
            waiter = next;
        }

        _first = null;
        _last = null;
    }
}
