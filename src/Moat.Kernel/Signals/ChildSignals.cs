// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Kernel.Signals;

/// <summary>How a parent learns of its children: SIGCHLD and the queue that waits sleep on.</summary>
internal static class ChildSignals
{
    private const long TickNs = 10_000_000;

    /// <summary>
    /// True when the parent does not want zombies: SIGCHLD ignored or SA_NOCLDWAIT (sigaction(2)).
    /// </summary>
    internal static bool ReapsItself(ThreadGroup child, ThreadGroup parent)
    {
        if (child.ExitSignal != Signal.SIGCHLD)
        {
            return false;
        }

        SignalAction action = parent.Handlers.Get((int)Signal.SIGCHLD);
        return action.Handler == SignalAction.SIG_IGN || (action.Flags & SignalAction.SA_NOCLDWAIT) != 0;
    }

    /// <summary>Tells of an exit.</summary>
    internal static void NotifyExit(ThreadGroup child, ThreadGroup parent)
    {
        if (child.ExitSignal != Signal.None)
        {
            int status = child.ExitStatus;
            SigInfo info = About(child, parent, status switch
            {
                _ when (status & 0x7f) == 0 => SigInfo.CLD_EXITED,
                _ when (status & 0x80) != 0 => SigInfo.CLD_DUMPED,
                _ => SigInfo.CLD_KILLED,
            });
            info.Number = (int)child.ExitSignal;
            info.Status = (status & 0x7f) == 0 ? status >> 8 : status & 0x7f;
            _ = SignalSender.SendToProcess(parent, info);
        }

        parent.ChildEvents.Wake(PollEvents.In);
    }

    /// <summary>Tells of a stop or a continue.</summary>
    internal static void NotifyStop(ThreadGroup child, ThreadGroup parent, int code, int signal)
    {
        SignalAction action = parent.Handlers.Get((int)Signal.SIGCHLD);
        if ((action.Flags & SignalAction.SA_NOCLDSTOP) == 0 && action.Handler != SignalAction.SIG_IGN)
        {
            SigInfo info = About(child, parent, code);
            info.Status = signal;
            _ = SignalSender.SendToProcess(parent, info);
        }

        parent.ChildEvents.Wake(PollEvents.In);
    }

    /// <summary>Tells a tracer of a stop, or of an end before the parent is told.</summary>
    internal static void NotifyTrace(Task tracee, ThreadGroup tracer, int code, int status)
    {
        SignalAction action = tracer.Handlers.Get((int)Signal.SIGCHLD);
        bool isStop = code is SigInfo.CLD_TRAPPED or SigInfo.CLD_STOPPED;
        if (!isStop || ((action.Flags & SignalAction.SA_NOCLDSTOP) == 0
            && action.Handler != SignalAction.SIG_IGN))
        {
            SigInfo info = About(tracee.Group, tracer, code);
            info.Pid = tracee.NumberIn(tracer.PidSpace);
            info.Uid = tracer.Leader.Credentials.Space.Uids.Show(tracee.Credentials.Uid);
            info.Status = status;
            _ = SignalSender.SendToProcess(tracer, info);
        }

        tracer.ChildEvents.Wake(PollEvents.In);
    }

    // Numbered for the receiver here, as it may be gone when the signal is sent.
    private static SigInfo About(ThreadGroup child, ThreadGroup receiver, int code) => new()
    {
        Number = (int)Signal.SIGCHLD, Code = code, Pid = child.NumberIn(receiver.PidSpace),
        Uid = receiver.Leader.Credentials.Space.Uids.Show(child.Leader.Credentials.Uid),
        UserTime = child.Cpu.Exited.UserNs / TickNs, SystemTime = child.Cpu.Exited.SystemNs / TickNs,
    };
}
