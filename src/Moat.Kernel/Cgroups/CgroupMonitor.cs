// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Platform;
using Task = Moat.Kernel.Tasks.Task;

namespace Moat.Kernel.Cgroups;

/// <summary>
/// Enforces cpu.max, memory.high and memory.max: looks at the limited groups a hundred times a second, on a
/// thread that exists once there are any and sleeps while there are none.
/// </summary>
/// <remarks>
/// A group out of CPU time is held: its tasks' calls go on, its guest code does not. Holds are this thread's
/// alone. What a group uses beyond its quota between two looks it has less of in the next period.
/// </remarks>
internal sealed class CgroupMonitor(LinuxKernel kernel, CgroupTree groups)
{
    private const long LookNs = 10_000_000;
    private const long MostQuotaUs = 1_000_000_000_000;
    private const long MostNs = long.MaxValue / 4;

    private readonly Parker _parker = new();
    private readonly CgroupOom _oom = new(kernel);
    private HashSet<Task> _held = [];
    private volatile bool _isNeeded;
    private bool _isStarted;
    private bool _slowTurn;

    /// <summary>There are limited groups, or none any more. The tree lock is held.</summary>
    internal void Notice(bool isNeeded)
    {
        _isNeeded = isNeeded;
        if (isNeeded && !_isStarted)
        {
            _isStarted = true;
            new Thread(Run, 256 * 1024) { IsBackground = true, Name = "cgroups" }.Start();
        }

        _parker.Unpark();
    }

    private void Run()
    {
        while (true)
        {
            _ = _parker.Park(_isNeeded || _held.Count > 0 ? Clock.MonotonicNs() + LookNs : long.MaxValue);
            Cgroup[] limited;
            using (groups.Lock.Enter())
            {
                limited = [.. groups.LimitedLocked];
            }

            _oom.Look(limited);
            Hold(limited);
        }
    }

    private void Hold(Cgroup[] limited)
    {
        _slowTurn = !_slowTurn;
        var wanted = new HashSet<Task>();
        using (groups.Lock.Enter())
        {
            long now = Clock.MonotonicNs();
            foreach (Cgroup group in limited)
            {
                if (IsOutOfTimeLocked(group, now) | (group.Memory.IsSlowed && _slowTurn))
                {
                    group.Each(at =>
                    {
                        foreach (ThreadGroup process in at.Processes)
                        {
                            wanted.UnionWith(process.Tasks);
                        }
                    });
                }
            }
        }

        foreach (Task task in _held)
        {
            if (!wanted.Contains(task))
            {
                task.EndHold();
            }
        }

        foreach (Task task in wanted)
        {
            if (!_held.Contains(task))
            {
                task.BeginHold();
            }
        }

        _held = wanted;
    }

    private static bool IsOutOfTimeLocked(Cgroup group, long now)
    {
        CgroupCpu cpu = group.Cpu;
        if (cpu.QuotaUs == Cgroup.Max || (group.Controllers & CgroupControllers.Cpu) == 0)
        {
            cpu.IsHeld = false;
            return false;
        }

        long used = CgroupCpu.UsedLocked(group).TotalNs;
        long quota = Math.Min(cpu.QuotaUs, MostQuotaUs) * 1000;
        long period = cpu.PeriodUs * 1000;
        if (cpu.PeriodBeganNs == 0)
        {
            (cpu.PeriodBeganNs, cpu.UsedBeforeNs) = (now, used);
        }

        long past = (now - cpu.PeriodBeganNs) / period;
        if (past > 0)
        {
            cpu.Periods += used > cpu.UsedBeforeNs ? past : 0;
            cpu.PeriodBeganNs += past * period;
            // What was not used is lost, what was used too much is owed.
            long gain = past > MostNs / quota ? MostNs : quota * past;
            cpu.UsedBeforeNs = Math.Min(used, cpu.UsedBeforeNs + gain);
        }

        bool isOut = used - cpu.UsedBeforeNs >= quota;
        cpu.Throttled += isOut && !cpu.IsHeld ? 1 : 0;
        cpu.ThrottledUs += cpu.IsHeld ? LookNs / 1000 : 0;
        cpu.IsHeld = isOut;
        return isOut;
    }
}
