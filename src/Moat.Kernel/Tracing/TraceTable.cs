// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Sched;
using Moat.Abi.Signals;
using Moat.Abi.Tracing;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Tracing;

/// <summary>Ties tracers and tracees together and apart: clones, ends of either.</summary>
/// <remarks>Locks: methods that end in Locked are called with the tree lock held.</remarks>
internal static class TraceTable
{
    internal static TraceLink LinkLocked(Task tracee, Task tracer, bool isSeized, PtraceOptions options)
    {
        var link = new TraceLink(tracee, tracer, isSeized, options) { SeenStop = tracee.Group.StopCount };
        tracee.SetTrace(link);
        tracer.Group.Tracees.Add(tracee);
        return link;
    }

    internal static void UnlinkLocked(Task tracee)
    {
        if (tracee.Trace is { } link)
        {
            link.Tracer.Group.Tracees.Remove(tracee);
            tracee.SetTrace(null);
        }
    }

    /// <summary>The event that a clone is to its parent's tracer.</summary>
    internal static PtraceEvent EventOf(Task parent, in CloneRequest request)
    {
        if (parent.Trace is not { } link || request.Has(CloneFlags.Untraced))
        {
            return PtraceEvent.None;
        }

        PtraceEvent what = request.Has(CloneFlags.VFork) ? PtraceEvent.VFork
            : request.ExitSignal != Signal.SIGCHLD ? PtraceEvent.Clone : PtraceEvent.Fork;
        return link.Has((PtraceOptions)(1u << (int)what)) ? what : PtraceEvent.None;
    }

    /// <summary>A new task, before it runs, is traced as its parent is.</summary>
    internal static void Inherit(Task parent, Task child)
    {
        using (parent.Kernel.Tree.Lock.Enter())
        {
            if (parent.Trace is not { } above)
            {
                return;
            }

            TraceLink link = LinkLocked(child, above.Tracer, above.IsSeized, above.Options);
            link.WantsStop = above.IsSeized;
            if (!above.IsSeized)
            {
                child.Pending.Add(new SigInfo { Number = (int)Signal.SIGSTOP });
            }
        }

        child.Interrupt();
    }

    /// <summary>A tracer's thread ends: its tracees are free, or die with it (PTRACE_O_EXITKILL).</summary>
    internal static void OnTracerExit(Task tracer)
    {
        // One by one: those that are left may still make more.
        while (tracer.Group.Tracees.Count > 0)
        {
            Task? tracee;
            bool kills;
            using (tracer.Kernel.Tree.Lock.Enter())
            {
                tracee = tracer.Group.Tracees.Find(one => one.Trace?.Tracer == tracer);
                kills = tracee?.Trace?.Has(PtraceOptions.ExitKill) == true;
            }

            if (tracee is null)
            {
                return;
            }

            Free(tracee, 0);
            if (kills)
            {
                TaskExit.BeginGroupExit(tracee.Group, (int)Signal.SIGKILL);
            }
        }
    }

    /// <summary>Ends the tracing of a task, alive or not; it goes on with a signal, or without.</summary>
    internal static void Free(Task tracee, int signal)
    {
        ThreadGroup group = tracee.Group;
        bool notifiesParent = false;
        using (tracee.Kernel.Tree.Lock.Enter())
        {
            if (tracee.Trace is not { } link)
            {
                return;
            }

            link.Injected = signal;
            UnlinkLocked(tracee);
            if (link.IsZombie)
            {
                tracee.Kernel.Tree.RemoveTaskLocked(tracee.ThreadId);
            }
            else if (tracee == group.Leader && group.State == ProcessState.Zombie)
            {
                notifiesParent = ReleaseZombieLocked(group, link);
            }
        }

        if (notifiesParent)
        {
            ChildSignals.NotifyExit(group, group.Parent!);
        }

        // It may have to stop with its group after all.
        tracee.Interrupt();
    }

    /// <summary>
    /// A tracer has seen a process's end: now it is the parent's; true when that is to be told of it.
    /// </summary>
    internal static bool ReleaseZombieLocked(ThreadGroup group, TraceLink link)
    {
        if (link.Tracer.Group == group.Parent)
        {
            return false;
        }

        if (group.Parent is { } parent && !ChildSignals.ReapsItself(group, parent))
        {
            return true;
        }

        TaskExit.ReapLocked(group);
        return false;
    }

    /// <summary>A traced thread that is not the process's last word has ended; its record stays.</summary>
    internal static bool KeepThreadLocked(Task task, bool isLeader)
    {
        if (isLeader || task.Trace is not { } link || link.Tracer.HasLeft)
        {
            return false;
        }

        link.IsZombie = true;
        link.ZombieStatus = task.Group.IsExiting
            ? task.Group.ExitStatus : task.ExitStatus ?? (int)Signal.SIGKILL;
        return true;
    }

    /// <summary>Tells the tracer of the end of a thread or, without the parent's knowing yet, of a process.
    /// </summary>
    internal static void NotifyEnd(Task task, TraceLink link, int status)
    {
        int code = (status & 0x7f) == 0 ? SigInfo.CLD_EXITED
            : (status & 0x80) != 0 ? SigInfo.CLD_DUMPED : SigInfo.CLD_KILLED;
        ChildSignals.NotifyTrace(task, link.Tracer.Group, code,
            (status & 0x7f) == 0 ? status >> 8 : status & 0x7f);
    }
}
