// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Abi.Tracing;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;
using Moat.Vfs.Landlock;

namespace Moat.Kernel.Tracing;

/// <summary>What begins and ends tracing and lets tracees go (kernel/ptrace.c), on the tracer's thread.
/// </summary>
public static class TraceControl
{
    private const PtraceOptions KnownOptions = (PtraceOptions)0xff | PtraceOptions.ExitKill;

    /// <summary>True for options that can be had.</summary>
    public static bool AreValid(ulong options) => (options & ~(ulong)KnownOptions) == 0;

    /// <summary>PTRACE_TRACEME: the parent traces the caller. EPERM when somebody does already.</summary>
    public static Errno TraceMe(Task task)
    {
        using RankedLock.Scope scope = task.Kernel.Tree.Lock.Enter();
        ThreadGroup? parent = task.Group.Parent;
        if (task.Trace is not null || parent is null)
        {
            return Errno.EPERM;
        }

        Task? tracer = task.Group.Creator is { HasLeft: false } creator ? creator
            : parent.Tasks.Find(static one => !one.HasLeft);
        if (tracer is not null)
        {
            if (!LandlockDomain.MayInspect(tracer.Credentials.Landlock, task.Credentials.Landlock))
            {
                return Errno.EPERM;
            }

            TraceTable.LinkLocked(task, tracer, false, PtraceOptions.None);
        }

        return Errno.Success;
    }

    /// <summary>PTRACE_ATTACH, PTRACE_SEIZE. EPERM for oneself, the dead, the traced and the forbidden.
    /// </summary>
    public static Errno Attach(Task tracer, Task target, bool isSeized, PtraceOptions options)
    {
        if (target.Group == tracer.Group || !TaskAccess.MayInspect(tracer, target))
        {
            return Errno.EPERM;
        }

        using (tracer.Kernel.Tree.Lock.Enter())
        {
            if (target.Trace is not null || target.ExitStatus is not null || target.HasLeft
                || target.Group.State is ProcessState.Zombie or ProcessState.Dead)
            {
                return Errno.EPERM;
            }

            TraceLink link = TraceTable.LinkLocked(target, tracer, isSeized, options);
            link.WantsStop = target.Group.State == ProcessState.Stopped;
        }

        if (!isSeized)
        {
            _ = SignalSender.SendToTask(target,
                new SigInfo { Number = (int)Signal.SIGSTOP, Code = SigInfo.SI_KERNEL });
        }

        target.Interrupt();
        return Errno.Success;
    }

    /// <summary>PTRACE_INTERRUPT. ESRCH for what is not the caller's, EIO for what was not seized.</summary>
    public static Errno Interrupt(Task tracer, Task target)
    {
        using (tracer.Kernel.Tree.Lock.Enter())
        {
            if (target.Trace is not { } link || link.Tracer != tracer)
            {
                return Errno.ESRCH;
            }

            if (!link.IsSeized)
            {
                return Errno.EIO;
            }

            link.WantsStop = true;
        }

        target.Interrupt();
        return Errno.Success;
    }

    /// <summary>PTRACE_LISTEN, of a stopped tracee. EIO for stops of other kinds than PTRACE_EVENT_STOP.
    /// </summary>
    public static Errno Listen(TraceLink link)
    {
        Task target = link.Tracee;
        using (target.Kernel.Tree.Lock.Enter())
        {
            if (!link.IsSeized || link.Info is not { } info || info.Code >> 8 != (int)PtraceEvent.Stop)
            {
                return Errno.EIO;
            }

            link.IsListening = true;
        }

        target.WakeUp();
        return Errno.Success;
    }

    /// <summary>PTRACE_CONT and the like, of a stopped tracee.</summary>
    public static void Resume(TraceLink link, TraceResume mode, int signal)
    {
        Task target = link.Tracee;
        using (target.Kernel.Tree.Lock.Enter())
        {
            link.Mode = mode;
            link.Injected = signal;
            link.IsResumed = true;
        }

        target.WakeUp();
    }

    /// <summary>PTRACE_DETACH, of a stopped tracee.</summary>
    public static void Detach(TraceLink link, int signal) => TraceTable.Free(link.Tracee, signal);

    /// <summary>A SIGCONT was sent to these: those that are seized tell of it.</summary>
    internal static void NotifyContinue(Task[] tasks)
    {
        foreach (Task task in tasks)
        {
            if (task.Trace is { IsSeized: true } link)
            {
                using (task.Kernel.Tree.Lock.Enter())
                {
                    link.WantsNotice = true;
                }

                task.Interrupt();
            }
        }
    }
}
