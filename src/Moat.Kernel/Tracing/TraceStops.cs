// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Abi.Tracing;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Tracing;

/// <summary>The stops of a traced task, on its own thread (kernel/signal.c, ptrace_stop).</summary>
internal static class TraceStops
{
    private const int Trap = (int)Signal.SIGTRAP;
    private const int CallMark = 0x80;

    /// <summary>A signal is about to be delivered: the tracer may drop it, or deliver another.</summary>
    /// <returns>True when there is a signal to deliver now.</returns>
    internal static bool OnSignal(Task task, TraceLink link, ref SigInfo info)
    {
        int chosen = Stop(task, link, info.Number, SigInfo.CLD_TRAPPED, info);
        if (chosen == 0)
        {
            return false;
        }

        if (chosen != info.Number)
        {
            info = new SigInfo
            {
                Number = chosen, Code = SigInfo.SI_USER, Pid = link.Tracer.Group.ProcessId,
                Uid = link.Tracer.Credentials.Uid,
            };
        }
        else
        {
            info = link.Info ?? info;
            info.Number = chosen;
        }

        if ((task.SignalMask & SignalDefaults.Bit(chosen) & ~SignalDefaults.Unblockable) == 0)
        {
            return true;
        }

        using (task.Group.SignalLock.Enter())
        {
            task.Pending.Add(info);
        }

        return false;
    }

    /// <summary>Stops that somebody asked for, and the group's; true when there was one.</summary>
    internal static bool OnRequest(Task task, TraceLink link)
    {
        ThreadGroup group = task.Group;
        bool isGroupStop = group.State == ProcessState.Stopped && link.SeenStop != group.StopCount;
        if (!isGroupStop && !link.WantsStop && !link.WantsNotice)
        {
            return false;
        }

        link.SeenStop = group.StopCount;
        link.WantsStop = false;
        link.WantsNotice = false;
        int signal = group.State == ProcessState.Stopped ? group.StopSignal : Trap;
        if (link.IsSeized)
        {
            int code = signal | ((int)PtraceEvent.Stop << 8);
            _ = Stop(task, link, code, SigInfo.CLD_STOPPED, About(task, signal, code));
        }
        else
        {
            _ = Stop(task, link, signal, SigInfo.CLD_STOPPED, null);
        }

        return true;
    }

    /// <summary>Before or behind a system call.</summary>
    internal static void OnCall(Task task, TraceLink link, CallPhase phase)
    {
        int code = link.Has(PtraceOptions.MarkSyscalls) ? Trap | CallMark : Trap;
        link.Message = (ulong)phase;
        link.Phase = phase;
        int signal = Stop(task, link, code, SigInfo.CLD_TRAPPED, About(task, Trap, code));
        link.Phase = CallPhase.None;
        if (signal != 0)
        {
            _ = SignalSender.SendToTask(task, new SigInfo { Number = signal, Code = SigInfo.SI_KERNEL });
        }
    }

    /// <summary>An event that options ask for; false when they do not.</summary>
    internal static bool OnEvent(Task task, PtraceEvent what, ulong message)
    {
        if (task.Trace is not { } link || !link.Has((PtraceOptions)(1u << (int)what)))
        {
            return false;
        }

        int code = Trap | ((int)what << 8);
        link.Message = message;
        link.Phase = what == PtraceEvent.Seccomp ? CallPhase.Seccomp : CallPhase.None;
        _ = Stop(task, link, code, SigInfo.CLD_TRAPPED, About(task, Trap, code), what == PtraceEvent.Exit);
        link.Phase = CallPhase.None;
        return true;
    }

    // Returns the signal that the tracer lets it go with.
    private static int Stop(Task task, TraceLink link, int code, int why, SigInfo? info,
        bool isEnding = false)
    {
        task.SettleMemory();
        if (!Enter(task, link, code, info, isEnding))
        {
            return 0;
        }

        ChildSignals.NotifyTrace(task, link.Tracer.Group, why, code & 0x7f);
        while (!TryLeave(task, link, isEnding))
        {
            task.BlockUninterruptibly();
            if (HearsOfSomething(task, link))
            {
                ChildSignals.NotifyTrace(task, link.Tracer.Group, SigInfo.CLD_STOPPED, link.LastCode & 0x7f);
            }
        }

        if (link.HasNewRegisters)
        {
            link.HasNewRegisters = false;
            TakeRegisters(task);
        }

        return link.Injected;
    }

    private static bool Enter(Task task, TraceLink link, int code, SigInfo? info, bool isEnding)
    {
        using (task.Kernel.Tree.Lock.Enter())
        {
            if (task.Trace != link || MustGo(task, isEnding))
            {
                return false;
            }

            link.Info = info;
            link.LastCode = code;
            link.StopCode = code;
            link.Injected = 0;
            link.IsResumed = false;
            link.IsListening = false;
            link.IsStopped = true;
            return true;
        }
    }

    private static bool TryLeave(Task task, TraceLink link, bool isEnding)
    {
        using (link.Lock.Enter())
        using (task.Kernel.Tree.Lock.Enter())
        {
            if (!link.IsResumed && task.Trace == link && !MustGo(task, isEnding))
            {
                return false;
            }

            link.IsStopped = false;
            link.IsListening = false;
            link.StopCode = 0;
            return true;
        }
    }

    // While it listens, what it is told of makes a new stop of the old one.
    private static bool HearsOfSomething(Task task, TraceLink link)
    {
        using (task.Kernel.Tree.Lock.Enter())
        {
            if (!link.IsListening || !(link.WantsStop || link.WantsNotice))
            {
                return false;
            }

            int signal = task.Group.State == ProcessState.Stopped ? task.Group.StopSignal : Trap;
            link.SeenStop = task.Group.StopCount;
            link.WantsStop = false;
            link.WantsNotice = false;
            link.IsListening = false;
            link.LastCode = signal | ((int)PtraceEvent.Stop << 8);
            link.StopCode = link.LastCode;
            link.Info = About(task, signal, link.LastCode);
            return true;
        }
    }

    private static bool MustGo(Task task, bool isEnding) => isEnding
        ? task.Group.IsKilled
        : task.Group.IsExiting || (task.Group.ExecSurvivor is { } survivor && survivor != task);

    // The call is made with what the tracer wrote; and it starts again only if rax still says so.
    private static void TakeRegisters(Task task)
    {
        ref Platform.GuestRegisters registers = ref task.Registers;
        task.Call.A0 = registers.Rdi;
        task.Call.A1 = registers.Rsi;
        task.Call.A2 = registers.Rdx;
        task.Call.A3 = registers.R10;
        task.Call.A4 = registers.R8;
        task.Call.A5 = registers.R9;
        long result = -(long)registers.Rax;
        bool restarts = (int)task.CurrentCall != -1
            && result is >= (long)Errno.ERESTARTSYS and <= (long)Errno.ERESTART_RESTARTBLOCK;
        if (task.PendingRestart != Errno.Success)
        {
            task.PendingRestart = restarts ? (Errno)result : Errno.Success;
        }
    }

    private static SigInfo About(Task task, int signal, int code) => new()
    {
        Number = signal, Code = code, Pid = task.ThreadId, Uid = task.Credentials.Uid,
    };
}
