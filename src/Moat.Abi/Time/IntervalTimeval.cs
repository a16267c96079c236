// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Time;

/// <summary>struct itimerval (getitimer(2)).</summary>
/// <param name="Interval">it_interval: the period, or zero.</param>
/// <param name="Value">it_value: time to the next expiry, or zero when not armed.</param>
public readonly record struct IntervalTimeval(Timeval Interval, Timeval Value);
