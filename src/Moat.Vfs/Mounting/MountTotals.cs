// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;

namespace Moat.Vfs.Mounting;

/// <summary>
/// How many mounts there are in all namespaces together, and of those that have left theirs and still hang on
/// one another: an open file may hold a whole tree of them.
/// </summary>
internal static class MountTotals
{
    private const int Most = 200_000;
    private const int Full = Most / 4 * 3;
    private const long PeriodMs = 1000;

    private static int s_all;
    private static int s_kept;
    private static long s_lastCollection;

    /// <summary>How many more there may be.</summary>
    internal static int Left => Math.Max(0, Most - Volatile.Read(ref s_all));

    internal static void Add(int change) => Interlocked.Add(ref s_all, change);

    /// <summary>One left its namespace, but not its place.</summary>
    internal static void Keep() => Interlocked.Increment(ref s_kept);

    /// <summary>The collector has found one of those.</summary>
    internal static void GiveKept()
    {
        Interlocked.Decrement(ref s_kept);
        Interlocked.Decrement(ref s_all);
    }

    /// <summary>
    /// When room gets scarce, looks for what nobody holds any more: now and then, and without a lock held.
    /// </summary>
    internal static void MakeRoom()
    {
        if (Volatile.Read(ref s_all) < Full || Volatile.Read(ref s_kept) == 0)
        {
            return;
        }

        long last = Volatile.Read(ref s_lastCollection);
        long now = Environment.TickCount64;
        if (now - last >= PeriodMs
            && Interlocked.CompareExchange(ref s_lastCollection, now, last) == last)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
