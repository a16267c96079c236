// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Seccomp;
using Moat.Abi.Signals;
using Moat.Abi.Tracing;
using Moat.Base;
using Moat.Kernel.Seccomp;
using Moat.Kernel.Signals;
using Moat.Kernel.Tracing;

namespace Moat.Kernel.Tasks;

/// <summary>
/// System calls of tasks that have filters or a tracer (syscall_trace_enter and syscall_exit_work of Linux).
/// </summary>
internal static class WatchedCalls
{
    private static readonly ulong s_notMade = unchecked((ulong)-(long)Errno.ENOSYS);

    /// <summary>Serves a call as far as filters and tracer let it.</summary>
    internal static void Serve(Task task)
    {
        task.CurrentCall = task.Call.Number;
        bool isSkipped = false;
        if (task.Trace is { ReportsCalls: true } link)
        {
            bool emulates = link.Mode != TraceResume.Syscall;
            task.Registers.Rax = s_notMade;
            TraceStops.OnCall(task, link, CallPhase.Entry);
            isSkipped = emulates || (int)task.CurrentCall == -1;
        }

        SysResult? result;
        if (isSkipped || task.Group.IsExiting)
        {
            result = new SysResult((long)task.Registers.Rax);
        }
        else if (SeccompCheck.Allows(task, SeccompData.ArchitectureX64, out result))
        {
            result = task.Kernel.Syscalls.Invoke(task, (uint)task.CurrentCall);
        }
        else
        {
            // A trap or an end: there is no result.
            task.KeepRegisters |= result is null;
        }

        TaskLoop.Conclude(task, result ?? 0);
    }

    /// <summary>The call is over, its result in place: an exec's event, and the stop behind calls.</summary>
    internal static void OnEnd(Task task)
    {
        int executedAs = task.ExecutedAs;
        task.ExecutedAs = 0;
        if (executedAs != 0 && !TraceStops.OnEvent(task, PtraceEvent.Exec, (ulong)executedAs)
            && task.Trace is { IsSeized: false })
        {
            _ = SignalSender.SendToTask(task, new SigInfo
            {
                Number = (int)Signal.SIGTRAP, Pid = task.Group.ProcessId, Uid = task.Credentials.Uid,
            });
        }

        if (task.ExitStatus is not null || task.Trace is not { } link)
        {
            return;
        }

        if (link.Mode == TraceResume.Syscall)
        {
            TraceStops.OnCall(task, link, CallPhase.Exit);
        }
        else if (link.Steps)
        {
            TraceSteps.Report(task);
        }
    }

    /// <summary>int 0x80: nothing is behind it, but filters see it.</summary>
    internal static void ServeForeign(Task task)
    {
        SysResult? result = Errno.ENOSYS;
        if (task.IsWatched)
        {
            task.CurrentCall = (uint)task.Registers.Rax;
            if (!SeccompCheck.Allows(task, SeccompData.ArchitectureX86, out SysResult? verdict))
            {
                result = verdict;
            }

            task.CurrentCall = -1;
        }

        if (result is { } value)
        {
            task.Registers.Rax = (ulong)value.Raw;
        }
    }
}
