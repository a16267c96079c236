// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Time;

/// <summary>
/// clockid_t (include/uapi/linux/time.h); negative ones encode CPU clocks of other processes.
/// </summary>
public enum ClockId
{
    [LinuxName("CLOCK_REALTIME")] Realtime = 0,
    [LinuxName("CLOCK_MONOTONIC")] Monotonic = 1,
    [LinuxName("CLOCK_PROCESS_CPUTIME_ID")] ProcessCpuTime = 2,
    [LinuxName("CLOCK_THREAD_CPUTIME_ID")] ThreadCpuTime = 3,
    [LinuxName("CLOCK_MONOTONIC_RAW")] MonotonicRaw = 4,
    [LinuxName("CLOCK_REALTIME_COARSE")] RealtimeCoarse = 5,
    [LinuxName("CLOCK_MONOTONIC_COARSE")] MonotonicCoarse = 6,
    [LinuxName("CLOCK_BOOTTIME")] BootTime = 7,
    [LinuxName("CLOCK_REALTIME_ALARM")] RealtimeAlarm = 8,
    [LinuxName("CLOCK_BOOTTIME_ALARM")] BootTimeAlarm = 9,
    [LinuxName("CLOCK_TAI")] Tai = 11,
}
