// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Base;
using Moat.Platform;

namespace Moat.Kernel.Time;

/// <summary>All timers of a kernel, on one thread that sleeps until the earliest of them.</summary>
/// <remarks>
/// Locks: its own, of rank <see cref="LockRank.Timers"/>; not held while timers expire.
/// Invariants: _heap[0.._count) is a binary heap by deadline, and each timer knows its index in it. Arming
/// allocates only when the heap grows. The thread starts with the first timer, and an empty queue sleeps
/// without limit.
/// </remarks>
public sealed class TimerQueue
{
    private readonly RankedLock _lock = new(LockRank.Timers);
    private readonly Parker _parker = new();
    private KernelTimer[] _heap = new KernelTimer[16];
    private int _count;
    private bool _started;

    /// <summary>
    /// Arms a timer for a point of CLOCK_MONOTONIC, in nanoseconds; one that is armed already is moved.
    /// </summary>
    public void Arm(KernelTimer timer, long deadlineNs)
    {
        bool first;
        using (_lock.Enter())
        {
            if (timer.HeapIndex >= 0)
            {
                RemoveLocked(timer);
            }

            if (deadlineNs == long.MaxValue)
            {
                return;
            }

            if (_count == _heap.Length)
            {
                Array.Resize(ref _heap, _count * 2);
            }

            timer.DeadlineNs = deadlineNs;
            MoveUpLocked(timer, _count++);
            first = timer.HeapIndex == 0;
            if (!_started)
            {
                _started = true;
                new Thread(Run, 256 * 1024) { IsBackground = true, Name = "timers" }.Start();
            }
        }

        if (first)
        {
            _parker.Unpark();
        }
    }

    /// <summary>Disarms a timer.</summary>
    /// <returns>False when it was not armed: never, or it expires just now.</returns>
    public bool Cancel(KernelTimer timer)
    {
        using (_lock.Enter())
        {
            if (timer.HeapIndex < 0)
            {
                return false;
            }

            RemoveLocked(timer);
            return true;
        }
    }

    private void Run()
    {
        while (true)
        {
            KernelTimer? due = null;
            long sleepUntil = long.MaxValue;
            using (_lock.Enter())
            {
                if (_count > 0)
                {
                    sleepUntil = _heap[0].DeadlineNs;
                    if (sleepUntil <= Clock.MonotonicNs())
                    {
                        due = _heap[0];
                        RemoveLocked(due);
                    }
                }
            }

            if (due is not null)
            {
                due.Expire();
            }
            else
            {
                _parker.Park(sleepUntil);
            }
        }
    }

    private void RemoveLocked(KernelTimer timer)
    {
        int hole = timer.HeapIndex;
        timer.HeapIndex = -1;
        KernelTimer last = _heap[--_count];
        _heap[_count] = null!;
        if (last == timer)
        {
            return;
        }

        MoveUpLocked(last, hole);
        MoveDownLocked(last, last.HeapIndex);
    }

    private void MoveUpLocked(KernelTimer timer, int index)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (_heap[parent].DeadlineNs <= timer.DeadlineNs)
            {
                break;
            }

            PutLocked(_heap[parent], index);
            index = parent;
        }

        PutLocked(timer, index);
    }

    private void MoveDownLocked(KernelTimer timer, int index)
    {
        while (true)
        {
            int child = (2 * index) + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && _heap[child + 1].DeadlineNs < _heap[child].DeadlineNs)
            {
                child++;
            }

            if (_heap[child].DeadlineNs >= timer.DeadlineNs)
            {
                break;
            }

            PutLocked(_heap[child], index);
            index = child;
        }

        PutLocked(timer, index);
    }

    private void PutLocked(KernelTimer timer, int index)
    {
        _heap[index] = timer;
        timer.HeapIndex = index;
    }
}
