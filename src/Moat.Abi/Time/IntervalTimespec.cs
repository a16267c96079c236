// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Time;

/// <summary>struct itimerspec (timer_settime(2), timerfd_settime(2)).</summary>
/// <param name="Interval">it_interval: the period, or zero.</param>
/// <param name="Value">it_value: the next expiry, or zero when not armed.</param>
public readonly record struct IntervalTimespec(Timespec Interval, Timespec Value);
