// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Sched;
using Moat.Base;
using Moat.Kernel.Scheduling;
using Moat.Kernel.Tasks;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>
/// sched_setscheduler(2), sched_setparam(2) and their getters, sched_yield(2), sched_rr_get_interval(2).
/// </summary>
public static class SchedulerCalls
{
    private const long RoundRobinNs = 100_000_000;
    private const int ExtensiblePolicy = 7;

    /// <summary>sched_yield(2): the task thread yields; the stub thread sleeps meanwhile anyway.</summary>
    [Syscall("sched_yield")]
    public static SysResult Yield(Task task)
    {
        System.Threading.Thread.Yield();
        return 0;
    }

    /// <summary>sched_get_priority_max(2).</summary>
    [Syscall("sched_get_priority_max")]
    public static SysResult GetPriorityMax(Task task, SchedulingPolicy policy) => PriorityBound(policy, 99);

    /// <summary>sched_get_priority_min(2).</summary>
    [Syscall("sched_get_priority_min")]
    public static SysResult GetPriorityMin(Task task, SchedulingPolicy policy) => PriorityBound(policy, 1);

    /// <summary>sched_getscheduler(2).</summary>
    [Syscall("sched_getscheduler")]
    public static SysResult GetScheduler(Task task, int pid)
    {
        Errno error = Find(task, pid, out TaskScheduling? theirs);
        return error != Errno.Success
            ? error
            : (int)theirs!.Policy | (theirs.ResetOnFork ? (int)SchedulingPolicy.ResetOnFork : 0);
    }

    /// <summary>sched_getparam(2).</summary>
    [Syscall("sched_getparam")]
    public static SysResult GetParameters(Task task, int pid, GuestPtr<SchedulingParameters> parameters)
    {
        if (parameters.IsNull)
        {
            return Errno.EINVAL;
        }

        Errno error = Find(task, pid, out TaskScheduling? theirs);
        return error != Errno.Success
            ? error
            : parameters.Write(task.Memory, new SchedulingParameters(theirs!.Priority));
    }

    /// <summary>sched_setscheduler(2).</summary>
    [Syscall("sched_setscheduler")]
    public static SysResult SetScheduler(
        Task task, int pid, SchedulingPolicy policy, GuestPtr<SchedulingParameters> parameters) =>
        policy < 0 ? Errno.EINVAL : Set(task, pid, policy, parameters);

    /// <summary>sched_setparam(2).</summary>
    [Syscall("sched_setparam")]
    public static SysResult SetParameters(Task task, int pid, GuestPtr<SchedulingParameters> parameters) =>
        Set(task, pid, null, parameters);

    /// <summary>
    /// sched_rr_get_interval(2): a slice for round robin, nothing for first come; less than a tick for
    /// others.
    /// </summary>
    [Syscall("sched_rr_get_interval")]
    public static SysResult GetInterval(Task task, int pid, GuestPtr<Timespec> interval)
    {
        Errno error = Find(task, pid, out TaskScheduling? theirs);
        if (error != Errno.Success)
        {
            return error;
        }

        long ns = theirs!.Policy == SchedulingPolicy.RoundRobin ? RoundRobinNs : 0;
        return interval.Write(task.Memory, Timespec.FromNanoseconds(ns));
    }

    private static SysResult Set(
        Task task, int pid, SchedulingPolicy? policy, GuestPtr<SchedulingParameters> parameters)
    {
        if (pid < 0 || parameters.IsNull)
        {
            return Errno.EINVAL;
        }

        Errno error = parameters.Read(task.Memory, out SchedulingParameters wanted);
        if (error != Errno.Success)
        {
            return error;
        }

        Task? target = pid == 0 ? task : task.FindTask(pid);
        if (target is null)
        {
            return Errno.ESRCH;
        }

        bool resets = policy is { } given
            ? (given & SchedulingPolicy.ResetOnFork) != 0
            : target.Scheduling.ResetOnFork;
        SchedulingPolicy chosen = (policy ?? target.Scheduling.Policy) & ~SchedulingPolicy.ResetOnFork;
        return SchedulingRules.Set(task, target, chosen, wanted.Priority, null, resets);
    }

    private static Errno Find(Task task, int pid, out TaskScheduling? theirs)
    {
        theirs = null;
        if (pid < 0)
        {
            return Errno.EINVAL;
        }

        theirs = (pid == 0 ? task : task.FindTask(pid))?.Scheduling;
        return theirs is null ? Errno.ESRCH : Errno.Success;
    }

    private static SysResult PriorityBound(SchedulingPolicy policy, int realtime) => policy switch
    {
        SchedulingPolicy.Fifo or SchedulingPolicy.RoundRobin => realtime,
        SchedulingPolicy.Other or SchedulingPolicy.Batch or SchedulingPolicy.Idle or SchedulingPolicy.Deadline
            or (SchedulingPolicy)ExtensiblePolicy => 0,
        _ => Errno.EINVAL,
    };
}
