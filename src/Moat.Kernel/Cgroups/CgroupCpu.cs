// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;

namespace Moat.Kernel.Cgroups;

/// <summary>The cpu controller of a group: what its processes have used, and how much they may.</summary>
/// <remarks>Locks: the tree lock.</remarks>
public sealed class CgroupCpu
{
    private readonly Dictionary<ThreadGroup, CpuTimes> _joinedAt = [];
    private CpuTimes _past;

    /// <summary>cpu.weight, 1 to 10,000: shown, it does not act.</summary>
    public long Weight { get; set; } = 100;

    /// <summary>cpu.max: microseconds of each period; <see cref="Cgroup.Max"/> for no limit.</summary>
    public long QuotaUs { get; set; } = Cgroup.Max;

    /// <summary>cpu.max: its period.</summary>
    public long PeriodUs { get; set; } = 100_000;

    /// <summary>Periods in which it ran under a limit, and those in which that held it back.</summary>
    public long Periods { get; internal set; }

    /// <inheritdoc cref="Periods"/>
    public long Throttled { get; internal set; }

    /// <summary>For how long it was held back.</summary>
    public long ThrottledUs { get; internal set; }

    /// <summary>CLOCK_MONOTONIC at the present period's begin, and what had been used by then.</summary>
    public long PeriodBeganNs { get; set; }

    internal long UsedBeforeNs { get; set; }

    /// <summary>True while its processes wait for the next period.</summary>
    internal bool IsHeld { get; set; }

    /// <summary>What the processes of a group and those below have used since they joined.</summary>
    public static CpuTimes UsedLocked(Cgroup group)
    {
        CpuTimes sum = default;
        group.Each(at =>
        {
            sum += at.Cpu._past;
            foreach ((ThreadGroup process, CpuTimes before) in at.Cpu._joinedAt)
            {
                sum += Since(process, before);
            }
        });
        return sum;
    }

    internal void JoinLocked(ThreadGroup process) =>
        _joinedAt[process] = process.Tasks.Count == 0 ? default : ProcessCpu.OfProcessLocked(process);

    internal void LeaveLocked(ThreadGroup process)
    {
        if (_joinedAt.Remove(process, out CpuTimes before))
        {
            _past += Since(process, before);
        }
    }

    /// <summary>A removed group's time stays its parent's.</summary>
    internal void TakeLocked(CgroupCpu child) => _past += child._past;

    // Measured by two clocks, it may seem to shrink by a little.
    private static CpuTimes Since(ThreadGroup process, in CpuTimes before)
    {
        CpuTimes now = ProcessCpu.OfProcessLocked(process);
        return new CpuTimes(
            Math.Max(0, now.UserNs - before.UserNs), Math.Max(0, now.SystemNs - before.SystemNs));
    }
}
