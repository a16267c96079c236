// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Time;

/// <summary>The which argument of getitimer(2).</summary>
public enum IntervalTimerKind
{
    [LinuxName("ITIMER_REAL")] Real = 0,
    [LinuxName("ITIMER_VIRTUAL")] Virtual = 1,
    [LinuxName("ITIMER_PROF")] Profile = 2,
}
