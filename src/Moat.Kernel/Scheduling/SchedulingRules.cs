// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Resources;
using Moat.Abi.Sched;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Scheduling;

/// <summary>Who may change whose scheduling, and to what (sched(7); kernel/sched/syscalls.c).</summary>
public static class SchedulingRules
{
    /// <summary>True when the caller's effective user is the target's real or effective one.</summary>
    public static bool IsSameOwner(Credentials mine, Credentials theirs) =>
        mine.EffectiveUid == theirs.EffectiveUid || mine.EffectiveUid == theirs.Uid;

    /// <summary>Sets policy, priority and nice value of a task.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="target">Whose.</param>
    /// <param name="policy">Without the reset flag.</param>
    /// <param name="priority">Real-time priority.</param>
    /// <param name="nice">The nice value, or null to leave it.</param>
    /// <param name="resetOnFork">SCHED_RESET_ON_FORK.</param>
    public static Errno Set(
        Task task, Task target, SchedulingPolicy policy, int priority, int? nice, bool resetOnFork)
    {
        bool isRealtime = policy is SchedulingPolicy.Fifo or SchedulingPolicy.RoundRobin;
        bool isKnown = isRealtime
            || policy is SchedulingPolicy.Other or SchedulingPolicy.Batch or SchedulingPolicy.Idle;
        if (!isKnown || (uint)priority > 99 || isRealtime != (priority != 0))
        {
            return Errno.EINVAL;
        }

        TaskScheduling present = target.Scheduling;
        if (!task.Credentials.Has(Capability.SysNice)
            && (NeedsPrivilege(target, policy, priority, nice, resetOnFork)
                || !IsSameOwner(task.Credentials, target.Credentials)))
        {
            return Errno.EPERM;
        }

        present.Policy = policy;
        present.Priority = priority;
        present.ResetOnFork = resetOnFork;
        if (nice is int value && !isRealtime)
        {
            present.Nice = value;
        }

        HostScheduling.Follow(target);
        return Errno.Success;
    }

    /// <summary>setpriority(2) for one task.</summary>
    public static Errno SetNice(Task task, Task target, int nice)
    {
        Credentials mine = task.Credentials;
        Credentials theirs = target.Credentials;
        bool privileged = mine.Has(Capability.SysNice);
        if (theirs.Uid != mine.EffectiveUid && theirs.EffectiveUid != mine.EffectiveUid && !privileged)
        {
            return Errno.EPERM;
        }

        if (nice < target.Scheduling.Nice && !privileged && !MayHaveNice(target, nice))
        {
            return Errno.EACCES;
        }

        target.Scheduling.Nice = nice;
        HostScheduling.Follow(target);
        return Errno.Success;
    }

    private static bool MayHaveNice(Task target, int nice) =>
        (ulong)(20 - nice) <= target.Group.Limits.Soft(Resource.Nice);

    private static bool NeedsPrivilege(
        Task target, SchedulingPolicy policy, int priority, int? nice, bool resetOnFork)
    {
        TaskScheduling present = target.Scheduling;
        if (policy is SchedulingPolicy.Fifo or SchedulingPolicy.RoundRobin)
        {
            ulong limit = target.Group.Limits.Soft(Resource.RealtimePriority);
            if ((policy != present.Policy && limit == 0)
                || (priority > present.Priority && (ulong)priority > limit))
            {
                return true;
            }
        }
        else if (policy != SchedulingPolicy.Idle && nice < present.Nice && !MayHaveNice(target, nice.Value))
        {
            return true;
        }

        if (present.Policy == SchedulingPolicy.Idle && policy != SchedulingPolicy.Idle
            && !MayHaveNice(target, present.Nice))
        {
            return true;
        }

        return present.ResetOnFork && !resetOnFork;
    }
}
