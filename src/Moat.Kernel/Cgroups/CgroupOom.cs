// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;

namespace Moat.Kernel.Cgroups;

/// <summary>Looks at what groups have resident, and kills where memory.max is exceeded.</summary>
/// <remarks>
/// Pages that processes share after a fork count for each of them at first; before anything is killed or
/// slowed, the host is asked for each one's share.
/// </remarks>
internal sealed class CgroupOom(LinuxKernel kernel)
{
    private const long PatienceNs = 1_000_000_000;

    private readonly List<(ThreadGroup Process, int HostPid)> _members = [];

    /// <summary>What the processes of a group and those below have resident, bytes.</summary>
    internal static long Resident(LinuxKernel kernel, Cgroup group, bool exact)
    {
        var members = new List<(ThreadGroup Process, int HostPid)>();
        Collect(kernel, group, members);
        long sum = 0;
        foreach ((_, int hostPid) in members)
        {
            sum += kernel.HostFigures?.AnonymousBytes(hostPid, exact) ?? 0;
        }

        return sum;
    }

    internal void Look(Cgroup[] limited)
    {
        foreach (Cgroup group in limited)
        {
            CgroupMemory memory = group.Memory;
            long bound = Math.Min(memory.Limit, memory.High);
            if (bound == Cgroup.Max)
            {
                memory.IsSlowed = false;
                continue;
            }

            long used = Resident(kernel, group, exact: false);
            used = used > bound ? Resident(kernel, group, exact: true) : used;
            using (kernel.Tree.Lock.Enter())
            {
                memory.Peak = Math.Max(memory.Peak, used);
                memory.IsSlowed = used > memory.High;
                memory.HighEvents += memory.IsSlowed ? 1 : 0;
            }

            if (used > memory.Limit)
            {
                Kill(group);
            }
        }
    }

    private void Kill(Cgroup group)
    {
        // What the last victim had takes a moment to go: that may do.
        CgroupMemory memory = group.Memory;
        if (memory.Victim is { State: not (ProcessState.Zombie or ProcessState.Dead) }
            && Clock.MonotonicNs() - memory.KilledAtNs < PatienceNs)
        {
            return;
        }

        Collect(kernel, group, _members);
        ThreadGroup? worst = null;
        long most = long.MinValue;
        foreach ((ThreadGroup process, int hostPid) in _members)
        {
            if (process.IsExiting)
            {
                continue;
            }

            const int Never = -1000;
            long bytes = kernel.HostFigures?.AnonymousBytes(hostPid, true) ?? 0;
            long score = bytes + (process.OomScoreAdjust * (group.Memory.Limit / 1000));
            if (process.OomScoreAdjust > Never && score > most)
            {
                (worst, most) = (process, score);
            }
        }

        if (worst is null)
        {
            return;
        }

        bool all;
        using (kernel.Tree.Lock.Enter())
        {
            group.Memory.MaxEvents++;
            group.Memory.OomKills++;
            all = group.Memory.KillsAll;
            (memory.Victim, memory.KilledAtNs) = (worst, Clock.MonotonicNs());
            group.Memory.GroupKills += all ? 1 : 0;
        }

        if (all)
        {
            _ = kernel.Cgroups.Kill(group);
            return;
        }

        TaskExit.BeginGroupExit(worst, (int)Signal.SIGKILL);
    }

    private static void Collect(
        LinuxKernel kernel, Cgroup group, List<(ThreadGroup Process, int HostPid)> members)
    {
        members.Clear();
        using RankedLock.Scope scope = kernel.Tree.Lock.Enter();
        group.Each(at =>
        {
            foreach (ThreadGroup process in at.Processes)
            {
                if (!process.BorrowsStub && process.Leader?.Mm is { } mm)
                {
                    members.Add((process, mm.Process.Pid));
                }
            }
        });
    }
}
