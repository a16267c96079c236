// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Kernel.Cgroups;
using Moat.Kernel.Dumping;
using Moat.Kernel.Tasks;
using Moat.Kernel.Tracing;

namespace Moat.Kernel.Signals;

/// <summary>
/// What happens before guest code goes on: exits, stops, handlers, restarts (kernel/signal.c, get_signal).
/// </summary>
internal static class SignalDelivery
{
    private const ulong RestartSyscall = 219;
    private const ulong SyscallLength = 2;

    /// <summary>Handles everything that is pending for the calling task.</summary>
    internal static void Deliver(Task task)
    {
        task.ClearInterrupt();
        while (TryNext(task, out SigInfo info, out SignalAction action))
        {
            FinishCall(task, action);
            Handle(task, info, action);
        }

        if (task.ExitStatus is not null)
        {
            return;
        }

        FinishCall(task, null);
        if (task.RestoreMask is { } mask)
        {
            task.RestoreMask = null;
            SetMask(task, mask);
        }
    }

    /// <summary>
    /// Changes the blocked set; signals that it lets through are delivered before guest code goes on.
    /// </summary>
    internal static void SetMask(Task task, ulong mask)
    {
        bool pending;
        using (task.Group.SignalLock.Enter())
        {
            task.SignalMask = mask & ~SignalDefaults.Unblockable;
            pending = ((task.Pending.Mask | task.Group.Pending.Mask) & ~task.SignalMask) != 0;
        }

        if (pending)
        {
            task.Interrupt();
        }
    }

    // The next signal with a handler; default actions are carried out on the way.
    private static bool TryNext(Task task, out SigInfo info, out SignalAction action)
    {
        ThreadGroup group = task.Group;
        while (true)
        {
            info = default;
            action = default;
            if (MustEnd(task))
            {
                return false;
            }

            if (task.Trace is { } asked && TraceStops.OnRequest(task, asked))
            {
                continue;
            }

            CgroupFreezer.Halt(task);
            GroupStop.Halt(task);
            using (group.SignalLock.Enter())
            {
                ulong allowed = ~task.SignalMask | SignalDefaults.Unblockable;
                if (!task.Pending.TryTake(allowed, out info) && !group.Pending.TryTake(allowed, out info))
                {
                    return false;
                }
            }

            if (task.Trace is { } link && info.Number != (int)Signal.SIGKILL
                && !TraceStops.OnSignal(task, link, ref info))
            {
                continue;
            }

            action = group.Handlers.Get(info.Number);
            if (action.Handler > SignalAction.SIG_IGN)
            {
                return true;
            }

            bool isProtected = group.IsProtectedInit
                && info.Number is not ((int)Signal.SIGKILL or (int)Signal.SIGSTOP);
            if (action.Handler == SignalAction.SIG_DFL && !SignalDefaults.IsIgnored(info.Number)
                && !isProtected)
            {
                ActByDefault(task, in info);
            }
        }
    }

    private static bool MustEnd(Task task)
    {
        ThreadGroup group = task.Group;
        CoreDump.Join(task);
        if (group.IsExiting)
        {
            task.ExitStatus ??= group.ExitStatus;
            return true;
        }

        if (group.ExecSurvivor is { } survivor && survivor != task)
        {
            task.ExitStatus ??= 0;
            return true;
        }

        return task.ExitStatus is not null;
    }

    private static void ActByDefault(Task task, in SigInfo info)
    {
        int signal = info.Number;
        if (SignalDefaults.IsStop(signal))
        {
            if (signal == (int)Signal.SIGSTOP || !GroupStop.IsOrphaned(task.Group))
            {
                GroupStop.Stop(task, signal);
            }

            return;
        }

        TaskExit.BeginGroupExit(task.Group, CoreDump.StatusAfter(task, in info));
    }

    // Decides what the interrupted call returns, or starts it again (arch/x86/kernel/signal.c).
    private static void FinishCall(Task task, SignalAction? handler)
    {
        Errno restart = task.PendingRestart;
        if (restart == Errno.Success)
        {
            return;
        }

        task.PendingRestart = Errno.Success;
        // A tracer that set orig_rax to -1 wants no restart.
        if ((int)task.CurrentCall == -1)
        {
            return;
        }

        bool again = restart switch
        {
            Errno.ERESTARTNOINTR => true,
            Errno.ERESTARTSYS => handler is null || (handler.Value.Flags & SignalAction.SA_RESTART) != 0,
            _ => handler is null,
        };
        if (!again)
        {
            task.Registers.Rax = unchecked((ulong)-(long)Errno.EINTR);
            return;
        }

        task.Registers.Rax = restart == Errno.ERESTART_RESTARTBLOCK
            ? RestartSyscall : (ulong)task.CurrentCall;
        task.Registers.Rip -= SyscallLength;
    }

    private static void Handle(Task task, in SigInfo info, in SignalAction action)
    {
        ThreadGroup group = task.Group;
        ulong saved = task.RestoreMask ?? task.SignalMask;
        task.RestoreMask = null;
        if (!SignalFrame.Push(task, info, action, saved))
        {
            BadFrame(task, info.Number);
            return;
        }

        if ((action.Flags & SignalAction.SA_RESETHAND) != 0)
        {
            group.Handlers.Set(info.Number, default);
        }

        ulong mask = saved | action.Mask;
        if ((action.Flags & SignalAction.SA_NODEFER) == 0)
        {
            mask |= SignalDefaults.Bit(info.Number);
        }

        // The mask in force during sigsuspend is gone: the handler runs with the saved one and its own.
        SetMask(task, mask);
        if (task.Trace is { Steps: true })
        {
            // A step into a handler is over before its first instruction.
            TraceSteps.Report(task);
        }
    }

    /// <summary>
    /// The frame could not be written or read: SIGSEGV, which cannot be caught if it is what failed.
    /// </summary>
    internal static void BadFrame(Task task, int signal)
    {
        if (signal == (int)Signal.SIGSEGV)
        {
            task.Group.Handlers.Set((int)Signal.SIGSEGV, default);
        }

        SignalSender.ForceFault(task, new SigInfo { Number = (int)Signal.SIGSEGV, Code = SigInfo.SI_KERNEL });
    }
}
