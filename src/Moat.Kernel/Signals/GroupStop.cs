// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Kernel.Tasks;
using Moat.Kernel.Tracing;
using Moat.Vfs;

namespace Moat.Kernel.Signals;

/// <summary>Job control: stopping and continuing whole processes.</summary>
internal static class GroupStop
{
    /// <summary>Stops the process of the calling task; every task of it halts at its next stop.</summary>
    internal static void Stop(Task task, int signal)
    {
        ThreadGroup group = task.Group;
        Task[] tasks;
        ThreadGroup? parent;
        using (group.Kernel.Tree.Lock.Enter())
        {
            if (group.IsExiting)
            {
                return;
            }

            group.State = ProcessState.Stopped;
            group.StopReport = signal;
            group.StopSignal = signal;
            group.StopCount++;
            group.ContinueReport = false;
            tasks = [.. group.Tasks];
            parent = group.Parent;
        }

        foreach (Task other in tasks)
        {
            if (other != task)
            {
                other.Interrupt();
            }
        }

        if (parent is not null)
        {
            ChildSignals.NotifyStop(group, parent, SigInfo.CLD_STOPPED, signal);
        }

        Halt(task);
    }

    /// <summary>Sleeps while the process is stopped.</summary>
    internal static void Halt(Task task)
    {
        // Tracees stop at their tracer's disposal (TraceStops).
        while (task.Group.State == ProcessState.Stopped && !task.Group.IsExiting && task.Trace is null)
        {
            task.BlockUninterruptibly();
        }
    }

    /// <summary>SIGCONT was sent: pending stops are dropped, a stopped process goes on.</summary>
    internal static void Continue(ThreadGroup group)
    {
        using (group.SignalLock.Enter())
        {
            SignalSender.Discard(group, SignalDefaults.StopSet);
        }

        Task[] tasks;
        ThreadGroup? parent;
        bool wasStopped;
        using (group.Kernel.Tree.Lock.Enter())
        {
            wasStopped = group.State == ProcessState.Stopped;
            if (wasStopped)
            {
                group.State = ProcessState.Running;
                group.StopReport = 0;
                group.ContinueReport = true;
            }

            tasks = [.. group.Tasks];
            parent = group.Parent;
        }

        TraceControl.NotifyContinue(tasks);
        if (!wasStopped)
        {
            return;
        }

        foreach (Task task in tasks)
        {
            task.WakeUp();
        }

        if (parent is not null)
        {
            ChildSignals.NotifyStop(group, parent, SigInfo.CLD_CONTINUED, (int)Signal.SIGCONT);
        }
    }

    /// <summary>
    /// True when nobody outside could continue the process's group: terminal stops do not act (setpgid(2)).
    /// </summary>
    internal static bool IsOrphaned(ThreadGroup group)
    {
        using (group.Kernel.Tree.Lock.Enter())
        {
            foreach (ThreadGroup member in group.ProcessGroup.Members)
            {
                if (member.State != ProcessState.Zombie && member.Parent is { } parent
                    && parent.ProcessGroup != group.ProcessGroup && parent.Session == group.Session)
                {
                    return false;
                }
            }
        }

        return true;
    }
}
