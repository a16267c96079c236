// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Resources;
using Moat.Base;
using Moat.Kernel.Scheduling;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls;

/// <summary>getpriority(2), setpriority(2), ioprio_get(2), ioprio_set(2).</summary>
public static class Priorities
{
    private const int IoClassShift = 13;
    private const int IoRealtime = 1;
    private const int IoBestEffort = 2;
    private const int IoIdle = 3;

    /// <summary>getpriority(2): 20 minus the lowest nice value, 1..40.</summary>
    [Syscall("getpriority")]
    public static SysResult GetPriority(Task task, PriorityWhich which, int who)
    {
        if ((uint)which > (uint)PriorityWhich.User)
        {
            return Errno.EINVAL;
        }

        int best = 0;
        foreach (Task target in Targets(task, (int)which, who))
        {
            best = Math.Max(best, 20 - target.Scheduling.Nice);
        }

        return best == 0 ? Errno.ESRCH : best;
    }

    /// <summary>setpriority(2): changes all it may; the last failure is the answer.</summary>
    [Syscall("setpriority")]
    public static SysResult SetPriority(Task task, PriorityWhich which, int who, int nice)
    {
        if ((uint)which > (uint)PriorityWhich.User)
        {
            return Errno.EINVAL;
        }

        nice = Math.Clamp(nice, -20, 19);
        Errno answer = Errno.ESRCH;
        foreach (Task target in Targets(task, (int)which, who))
        {
            Errno error = SchedulingRules.SetNice(task, target, nice);
            answer = error != Errno.Success ? error : answer == Errno.ESRCH ? Errno.Success : answer;
        }

        return answer;
    }

    /// <summary>ioprio_get(2): the best of the tasks meant.</summary>
    [Syscall("ioprio_get")]
    public static SysResult GetIoPriority(Task task, IoPriorityWho which, int who)
    {
        if (which is < IoPriorityWho.Process or > IoPriorityWho.User)
        {
            return Errno.EINVAL;
        }

        int? best = null;
        foreach (Task target in Targets(task, (int)which - 1, who))
        {
            int value = target.Scheduling.IoPriority;
            best = best is null || (value != 0 && (best == 0 || value < best)) ? value : best;
        }

        return best is int found ? found : Errno.ESRCH;
    }

    /// <summary>ioprio_set(2).</summary>
    [Syscall("ioprio_set")]
    public static SysResult SetIoPriority(Task task, IoPriorityWho which, int who, int priority)
    {
        bool privileged = task.Credentials.Has(Capability.SysNice);
        switch (priority >> IoClassShift)
        {
            case IoRealtime when !privileged && !task.Credentials.Has(Capability.SysAdmin):
                return Errno.EPERM;
            case IoRealtime or IoBestEffort or IoIdle:
                break;
            case 0 when (priority & 7) == 0:
                break;
            default:
                return Errno.EINVAL;
        }

        if (which is < IoPriorityWho.Process or > IoPriorityWho.User)
        {
            return Errno.EINVAL;
        }

        Errno answer = Errno.ESRCH;
        foreach (Task target in Targets(task, (int)which - 1, who))
        {
            if (target.Credentials.Uid != task.Credentials.EffectiveUid
                && target.Credentials.Uid != task.Credentials.Uid && !privileged)
            {
                return Errno.EPERM;
            }

            target.Scheduling.IoPriority = priority;
            answer = Errno.Success;
        }

        return answer;
    }

    // 0: one thread, 1: a process group, 2: all of a user's; who 0 means the caller's own.
    private static Task[] Targets(Task task, int which, int who)
    {
        TaskTree tree = task.Kernel.Tree;
        if (which == 0)
        {
            Task? one = who == 0 ? task : task.FindTask(who);
            return one is null ? [] : [one];
        }

        uint uid = (uint)who;
        uid = who == 0 ? task.Credentials.Uid : task.TryReadUid(ref uid) ? uid : ~0u;
        var found = new System.Collections.Generic.List<Task>();
        foreach (ThreadGroup process in tree.SnapshotProcesses())
        {
            using RankedLock.Scope scope = tree.Lock.Enter();
            int group = who == 0 ? task.Group.ProcessGroup.Id : task.ReadProcess(who);
            if (which == 1 && process.ProcessGroup?.Id != group)
            {
                continue;
            }

            foreach (Task target in process.Tasks)
            {
                if (which == 1 || target.Credentials.Uid == uid)
                {
                    found.Add(target);
                }
            }
        }

        return [.. found];
    }
}
