// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;

namespace Moat.Base;

/// <summary>
/// How much there may be of what nobody releases: it is given back by the finalizers of what has taken it.
/// </summary>
/// <param name="most">The bound.</param>
public sealed class CollectedBudget(long most)
{
    private const long PeriodMs = 1000;
    private long _used;
    private long _lastCollection;

    /// <summary>Takes some; false when there is no room.</summary>
    public bool TryTake(long count)
    {
        if (Interlocked.Add(ref _used, count) <= most)
        {
            return true;
        }

        Give(count);
        return false;
    }

    public void Give(long count) => Interlocked.Add(ref _used, -count);

    /// <summary>Where there is no room, looks for what is not used any more: now and then, and without a lock
    /// held.</summary>
    public void MakeRoom(long count)
    {
        if (Volatile.Read(ref _used) + count <= most)
        {
            return;
        }

        long last = Volatile.Read(ref _lastCollection);
        long now = Environment.TickCount64;
        if (now - last >= PeriodMs
            && Interlocked.CompareExchange(ref _lastCollection, now, last) == last)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
