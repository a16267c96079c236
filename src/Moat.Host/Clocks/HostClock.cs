// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Time;

namespace Moat.Host.Clocks;

/// <summary>The host's clocks, which are the guest's too.</summary>
public static unsafe class HostClock
{
    /// <summary>Reads a clock, in nanoseconds; 0 for one that the host does not have.</summary>
    [HostCall("clock_gettime", Why = "guest clocks; CPU time of stubs")]
    public static long ReadNs(ClockId clock)
    {
        Timespec time = default;
        // SAFETY: the timespec is on this thread's stack for the whole call.
        _ = HostCall.Invoke(SyscallNumber.clock_gettime, (ulong)(int)clock, (ulong)&time);
        return time.ToNanoseconds();
    }

    /// <summary>The clock of a thread of our own process; the host does not let others read it.</summary>
    public static ClockId OfThread(int tid) => (ClockId)((~tid << 3) | 6);

    /// <summary>The clock of all CPU time that a process has used (CPUCLOCK_SCHED of a process).</summary>
    public static ClockId OfProcess(int pid) => (ClockId)((~pid << 3) | 2);
}
