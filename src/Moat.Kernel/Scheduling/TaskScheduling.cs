// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using Moat.Abi.Sched;

namespace Moat.Kernel.Scheduling;

/// <summary>
/// How a task wishes to be scheduled (sched(7)). Its stub thread follows in nice value, CPUs, SCHED_BATCH and
/// SCHED_IDLE; real-time policies are validated and reported, and act as SCHED_OTHER.
/// </summary>
/// <remarks>
/// Invariants: values are valid ones; written by calls of whichever task may, one value at a time.
/// </remarks>
public sealed class TaskScheduling
{
    /// <summary>The largest machine whose CPUs can be told apart.</summary>
    public const int MaximumCpus = 1024;

    /// <summary>A CPU mask of all that are there.</summary>
    public TaskScheduling(int cpuCount) => Affinity = AllCpus(cpuCount);

    private TaskScheduling(ulong[] affinity) => Affinity = affinity;

    public SchedulingPolicy Policy { get; set; }

    /// <summary>1..99 for real-time policies, else 0.</summary>
    public int Priority { get; set; }

    /// <summary>-20..19.</summary>
    public int Nice { get; set; }

    /// <summary>SCHED_RESET_ON_FORK.</summary>
    public bool ResetOnFork { get; set; }

    /// <summary>CPUs that the task may run on; replaced as a whole.</summary>
    public ulong[] Affinity { get; set; }

    /// <summary>ioprio_set(2): class and level; 0 when never set.</summary>
    public int IoPriority { get; set; }

    /// <summary>PR_SET_TIMERSLACK, ns.</summary>
    public ulong TimerSlackNs { get; set; } = 50_000;

    /// <summary>The slack that PR_SET_TIMERSLACK 0 goes back to: what the parent had.</summary>
    public ulong DefaultTimerSlackNs { get; init; } = 50_000;

    /// <summary>The CPUs it may run on; null when they are all.</summary>
    public ulong[]? ChosenCpus(int cpuCount)
    {
        int count = 0;
        ulong[] mask = Affinity;
        foreach (ulong word in mask)
        {
            count += BitOperations.PopCount(word);
        }

        return count >= cpuCount ? null : mask;
    }

    /// <summary>What a clone starts with (sched_fork).</summary>
    public TaskScheduling Fork()
    {
        bool resets = ResetOnFork;
        bool wasRealtime = Policy is SchedulingPolicy.Fifo or SchedulingPolicy.RoundRobin;
        return new TaskScheduling(Affinity)
        {
            Policy = resets && wasRealtime ? SchedulingPolicy.Other : Policy,
            Priority = resets ? 0 : Priority,
            Nice = resets && (wasRealtime || Nice < 0) ? 0 : Nice,
            IoPriority = IoPriority,
            TimerSlackNs = TimerSlackNs,
            DefaultTimerSlackNs = TimerSlackNs,
        };
    }

    /// <summary>The mask of the first CPUs.</summary>
    public static ulong[] AllCpus(int count)
    {
        var mask = new ulong[(count + 63) / 64];
        for (int i = 0; i < count; i++)
        {
            mask[i / 64] |= 1UL << (i % 64);
        }

        return mask;
    }
}
