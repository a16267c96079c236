// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Kernel.Tasks;

/// <summary>A point on the guest's CLOCK_MONOTONIC at which waiting ends.</summary>
/// <param name="MonotonicNs">Nanoseconds; <see cref="long.MaxValue"/> means never.</param>
public readonly record struct Deadline(long MonotonicNs)
{
    /// <summary>Wait without limit.</summary>
    public static readonly Deadline Never = new(long.MaxValue);

    /// <summary>So many nanoseconds from now, saturating; negative means now.</summary>
    public static Deadline After(long durationNs)
    {
        long now = Clock.MonotonicNs();
        return new(durationNs >= long.MaxValue - now ? long.MaxValue : now + System.Math.Max(durationNs, 0));
    }

    /// <summary>
    /// A moment of CLOCK_REALTIME, as far away as it is now: later steps of that clock do not move it.
    /// </summary>
    public static Deadline AtRealtime(long realtimeNs) =>
        realtimeNs == long.MaxValue ? Never : After(realtimeNs - Clock.RealtimeNs());

    /// <summary>True when it never comes.</summary>
    public bool IsNever => MonotonicNs == long.MaxValue;

    /// <summary>True when it has passed.</summary>
    public bool HasPassed => !IsNever && Clock.MonotonicNs() >= MonotonicNs;
}
