// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Abi.Tracing;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Kernel.Tracing;
using Moat.Syscalls.Tracing;

namespace Moat.Syscalls;

/// <summary>ptrace(2).</summary>
public static class Ptrace
{
    /// <summary>ptrace(2): EIO for requests that there are not.</summary>
    [Syscall("ptrace")]
    public static SysResult Call(Task task, PtraceRequest request, int pid, ulong address, ulong data)
    {
        if (request == PtraceRequest.TraceMe)
        {
            return TraceControl.TraceMe(task);
        }

        if (task.FindTask(pid) is not { } target)
        {
            return Errno.ESRCH;
        }

        switch (request)
        {
            case PtraceRequest.Attach:
                return TraceControl.Attach(task, target, false, PtraceOptions.None);
            case PtraceRequest.Seize:
                return address != 0 || !TraceControl.AreValid(data) ? Errno.EIO
                    : TraceControl.Attach(task, target, true, (PtraceOptions)data);
            case PtraceRequest.Interrupt:
                return TraceControl.Interrupt(task, target);
            case PtraceRequest.Kill:
                return Kill(task, target);
            default:
                return OnStopped(task, target, request, address, data);
        }
    }

    private static SysResult Kill(Task task, Task target)
    {
        if (target.Trace is not { } link || link.Tracer != task)
        {
            return Errno.ESRCH;
        }

        return SignalSender.SendToTask(target, new SigInfo
        {
            Number = (int)Signal.SIGKILL, Pid = task.Group.ProcessId, Uid = task.Credentials.Uid,
        });
    }

    private static SysResult OnStopped(Task task, Task target, PtraceRequest request, ulong address,
        ulong data)
    {
        switch (request)
        {
            case PtraceRequest.Continue:
                return Resume(task, target, TraceResume.Continue, data);
            case PtraceRequest.Syscall:
                return Resume(task, target, TraceResume.Syscall, data);
            case PtraceRequest.SingleStep:
                return Resume(task, target, TraceResume.Step, data);
            case PtraceRequest.SysEmu:
                return Resume(task, target, TraceResume.Emulate, data);
            case PtraceRequest.SysEmuSingleStep:
                return Resume(task, target, TraceResume.EmulateStep, data);
            case PtraceRequest.Detach:
                return Detach(task, target, data);
            case PtraceRequest.Listen:
                using (TraceHold.Take(task, target, out TraceLink? link))
                {
                    return link is null ? Errno.ESRCH : TraceControl.Listen(link);
                }

            case PtraceRequest.SetOptions:
                using (TraceHold.Take(task, target, out TraceLink? link))
                {
                    if (link is null || !TraceControl.AreValid(data))
                    {
                        return link is null ? Errno.ESRCH : Errno.EINVAL;
                    }

                    link.Options = (PtraceOptions)data;
                    return 0;
                }

            default:
                return TraceRequests.Invoke(task, target, request, address, data);
        }
    }

    private static SysResult Resume(Task task, Task target, TraceResume mode, ulong signal)
    {
        using TraceHold hold = TraceHold.Take(task, target, out TraceLink? link);
        if (link is null || signal > (ulong)Signal.SIGRTMAX)
        {
            return link is null ? Errno.ESRCH : Errno.EIO;
        }

        TraceControl.Resume(link, mode, (int)signal);
        return 0;
    }

    private static SysResult Detach(Task task, Task target, ulong signal)
    {
        using TraceHold hold = TraceHold.Take(task, target, out TraceLink? link);
        if (link is null || signal > (ulong)Signal.SIGRTMAX)
        {
            return link is null ? Errno.ESRCH : Errno.EIO;
        }

        TraceControl.Detach(link, (int)signal);
        return 0;
    }
}
