// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Abi.Wait;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Time;
using Moat.Kernel.Tracing;
using Moat.Vfs;

namespace Moat.Kernel.Tasks;

/// <summary>wait4(2) and waitid(2): finds a child that has changed state, or sleeps until one has.</summary>
public static class ChildWaiter
{
    /// <summary>Waits.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="which">Which children.</param>
    /// <param name="options">WNOHANG and which changes count; WEXITED is explicit.</param>
    /// <returns>What was found (<see cref="ChildReport.ProcessId"/> 0 with WNOHANG when nothing was); ECHILD;
    /// ERESTARTSYS.</returns>
    public static Result<ChildReport> Wait(Task task, in ChildSelector which, WaitOptions options)
    {
        TaskWaiter? waiter = null;
        try
        {
            while (true)
            {
                Result<ChildReport> found = Look(task, which, options);
                if (!found.IsOk || found.Value.ProcessId != 0 || (options & WaitOptions.NoHang) != 0)
                {
                    return found;
                }

                if (waiter is null)
                {
                    waiter = new TaskWaiter(task, PollEvents.All);
                    task.Group.ChildEvents.Add(waiter);
                    continue;
                }

                if (task.Block(Deadline.Never) == BlockResult.Interrupted)
                {
                    return Errno.ERESTARTSYS;
                }
            }
        }
        finally
        {
            if (waiter is not null)
            {
                task.Group.ChildEvents.Remove(waiter);
            }
        }
    }

    private static Result<ChildReport> Look(Task task, in ChildSelector which, WaitOptions options)
    {
        bool any = false;
        ChildReport report = default;
        ThreadGroup? released = null;
        using (task.Kernel.Tree.Lock.Enter())
        {
            bool found = TryChildrenLocked(task, which, options, ref any, out report)
                || TraceWaits.TryReportLocked(task, which, options, ref any, out report, out released);
            if (!found && !any)
            {
                return Errno.ECHILD;
            }
        }

        if (released?.Parent is { } parent)
        {
            ChildSignals.NotifyExit(released, parent);
        }

        return report;
    }

    private static bool TryChildrenLocked(Task task, in ChildSelector which, WaitOptions options,
        ref bool any, out ChildReport report)
    {
        foreach (ThreadGroup child in task.Group.Children)
        {
            if (!which.Matches(child) || !MatchesKind(child, options))
            {
                continue;
            }

            // The caller's tracees are reported as such; the end of others' is their tracer's to see first.
            TraceLink? link = child.Leader.Trace;
            any = true;
            if (link is not null && (link.Tracer.Group == task.Group || child.State == ProcessState.Zombie))
            {
                continue;
            }

            if (TryReportLocked(child, options, out report))
            {
                return true;
            }
        }

        report = default;
        return false;
    }

    // Children that do not send SIGCHLD are "clone" children (wait(2), "Linux notes").
    private static bool MatchesKind(ThreadGroup child, WaitOptions options) =>
        (options & WaitOptions.All) != 0
        || (child.ExitSignal != Signal.SIGCHLD) == ((options & WaitOptions.Clone) != 0);

    internal static bool TryReportLocked(ThreadGroup child, WaitOptions options, out ChildReport report)
    {
        bool keep = (options & WaitOptions.NoWait) != 0;
        report = new ChildReport(
            child.ProcessId, child.Leader.Credentials.Uid, 0, 0, ProcessCpu.OfProcessLocked(child)
                + child.Cpu.Children)
        {
            Numbers = child.Numbers,
            Memory = child.Cpu.Past.With(child.Cpu.OfChildren),
        };
        if (child.State == ProcessState.Zombie && (options & WaitOptions.Exited) != 0)
        {
            report = report with { Status = child.ExitStatus, Code = ExitCode(child.ExitStatus) };
            if (!keep)
            {
                TaskExit.ReapLocked(child);
            }

            return true;
        }

        if (child.State == ProcessState.Stopped && child.StopReport != 0
            && (options & WaitOptions.Stopped) != 0)
        {
            report = report with { Status = (child.StopReport << 8) | 0x7f, Code = SigInfo.CLD_STOPPED };
            child.StopReport = keep ? child.StopReport : 0;
            return true;
        }

        if (child.ContinueReport && (options & WaitOptions.Continued) != 0)
        {
            report = report with { Status = 0xffff, Code = SigInfo.CLD_CONTINUED };
            child.ContinueReport = keep;
            return true;
        }

        return false;
    }

    internal static int ExitCode(int status) =>
        (status & 0x7f) == 0 ? SigInfo.CLD_EXITED : (status & 0x80) != 0
            ? SigInfo.CLD_DUMPED : SigInfo.CLD_KILLED;
}
