// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;

namespace Moat.Vfs.Landlock;

/// <summary>How many Landlock rules all guest processes together may have the kernel keep.</summary>
/// <remarks>Locks: none. Rules that nothing refers to any more count until the collector runs.</remarks>
public sealed class LandlockLimits
{
    private const int Most = 1 << 16;
    private const long CollectionPeriodMs = 1000;
    private int _used;
    private long _lastCollection;

    /// <summary>Looks for unused rules, now and then, when there is no room. No lock is held.</summary>
    internal void MakeRoom(int rules)
    {
        if (Volatile.Read(ref _used) + rules <= Most)
        {
            return;
        }

        long last = Volatile.Read(ref _lastCollection);
        long now = Environment.TickCount64;
        if (now - last >= CollectionPeriodMs
            && Interlocked.CompareExchange(ref _lastCollection, now, last) == last)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    internal void Give(int rules) => Interlocked.Add(ref _used, -rules);

    /// <summary>Takes room for rules; false when there is none.</summary>
    internal bool TryTake(int rules)
    {
        if (Interlocked.Add(ref _used, rules) <= Most)
        {
            return true;
        }

        Give(rules);
        return false;
    }
}
