// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Sched;

/// <summary>SCHED_ policies (sched(7)).</summary>
public enum SchedulingPolicy
{
    [LinuxName("SCHED_OTHER")] Other = 0,
    [LinuxName("SCHED_FIFO")] Fifo = 1,
    [LinuxName("SCHED_RR")] RoundRobin = 2,
    [LinuxName("SCHED_BATCH")] Batch = 3,
    [LinuxName("SCHED_IDLE")] Idle = 5,
    [LinuxName("SCHED_DEADLINE")] Deadline = 6,

    /// <summary>SCHED_RESET_ON_FORK, a flag of sched_setscheduler(2).</summary>
    [LinuxName("SCHED_RESET_ON_FORK")] ResetOnFork = 0x40000000,
}
