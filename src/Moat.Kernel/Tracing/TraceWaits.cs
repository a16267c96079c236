// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Abi.Wait;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;

namespace Moat.Kernel.Tracing;

/// <summary>What wait4(2) and waitid(2) report to tracers: stops, whatever the options, and ends.</summary>
internal static class TraceWaits
{
    /// <summary>Looks through the caller's tracees. The tree lock is held.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="which">Which of them.</param>
    /// <param name="options">The call's.</param>
    /// <param name="any">Set when there is one.</param>
    /// <param name="report">What was found.</param>
    /// <param name="released">A process whose parent is to be told of its end now.</param>
    internal static bool TryReportLocked(Task task, in ChildSelector which, WaitOptions options, ref bool any,
        out ChildReport report, out ThreadGroup? released)
    {
        released = null;
        foreach (Task tracee in task.Group.Tracees)
        {
            if (tracee.Trace is not { } link || !which.Matches(tracee)
                || ((options & WaitOptions.NoThread) != 0 && link.Tracer != task))
            {
                continue;
            }

            any = true;
            if (TryOneLocked(tracee, link, options, out report, out released))
            {
                return true;
            }
        }

        report = default;
        return false;
    }

    private static bool TryOneLocked(Task tracee, TraceLink link, WaitOptions options, out ChildReport report,
        out ThreadGroup? released)
    {
        ThreadGroup group = tracee.Group;
        bool keeps = (options & WaitOptions.NoWait) != 0;
        bool wantsEnd = (options & WaitOptions.Exited) != 0;
        released = null;
        report = new ChildReport(tracee.ThreadId, tracee.Credentials.Uid, 0, 0, default)
        {
            Numbers = tracee.Numbers,
        };
        if (link.StopCode != 0 && link.IsStopped && !link.IsListening)
        {
            report = report with { Status = (link.StopCode << 8) | 0x7f, Code = SigInfo.CLD_TRAPPED };
            link.StopCode = keeps ? link.StopCode : 0;
            return true;
        }

        if (link.IsZombie && wantsEnd)
        {
            report = report with
            {
                Status = link.ZombieStatus, Code = ChildWaiter.ExitCode(link.ZombieStatus),
            };
            if (!keeps)
            {
                TraceTable.UnlinkLocked(tracee);
                tracee.Kernel.Tree.RemoveTaskLocked(tracee.ThreadId);
            }

            return true;
        }

        if (tracee != group.Leader || link.IsZombie)
        {
            return false;
        }

        if (group.State == ProcessState.Zombie)
        {
            return wantsEnd && EndLocked(group, link, keeps, ref report, out released);
        }

        return group.ContinueReport && ChildWaiter.TryReportLocked(
            group, options & (WaitOptions.Continued | WaitOptions.NoWait), out report);
    }

    private static bool EndLocked(ThreadGroup group, TraceLink link, bool keeps, ref ChildReport report,
        out ThreadGroup? released)
    {
        released = null;
        report = report with
        {
            Status = group.ExitStatus, Code = ChildWaiter.ExitCode(group.ExitStatus),
            Cpu = ProcessCpu.OfProcessLocked(group) + group.Cpu.Children,
            Memory = group.Cpu.Past.With(group.Cpu.OfChildren),
        };
        if (keeps)
        {
            return true;
        }

        if (link.Tracer.Group == group.Parent)
        {
            TaskExit.ReapLocked(group);
            return true;
        }

        TraceTable.UnlinkLocked(group.Leader);
        released = TraceTable.ReleaseZombieLocked(group, link) ? group : null;
        return true;
    }
}
