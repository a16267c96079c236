// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Moat.Base;

/// <summary>Guest clocks, which are the kernel process's own: both live in one time namespace.</summary>
public static class Clock
{
    /// <summary>
    /// CLOCK_MONOTONIC in nanoseconds. (On Linux Stopwatch reads that very clock in nanoseconds.)
    /// </summary>
    public static long MonotonicNs() => Stopwatch.GetTimestamp();

    /// <summary>CLOCK_REALTIME in nanoseconds since 1970, to .NET's resolution of 100 ns.</summary>
    public static long RealtimeNs() => (System.DateTime.UtcNow.Ticks - System.DateTime.UnixEpoch.Ticks) * 100;
}
