// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Signals;

/// <summary>Sends signals to tasks and processes.</summary>
public static class SignalSender
{
    /// <summary>SI_MESGQ.</summary>
    private const int QueueNotice = -3;

    /// <summary>Sends to one task (tgkill(2)). EAGAIN when its queue is full.</summary>
    public static Errno SendToTask(Task target, in SigInfo info, Task? sender = null) =>
        Send(target.Group, target, info, false, sender);

    /// <summary>Sends to a process: any of its tasks that does not block it (kill(2)).</summary>
    /// <param name="group">The process.</param>
    /// <param name="info">Number and origin.</param>
    /// <param name="fromOutside">True for a signal of the sandbox's owner, which also reaches a protected
    /// init.</param>
    /// <param name="sender">The task that calls kill(2) or one of its kin.</param>
    public static Errno SendToProcess(
        ThreadGroup group, in SigInfo info, bool fromOutside = false, Task? sender = null) =>
        Send(group, null, info, fromOutside, sender);

    /// <summary>Sends to every member of a process group.</summary>
    public static void SendToGroup(LinuxKernel kernel, ProcessGroup group, in SigInfo info)
    {
        ThreadGroup[] members;
        using (kernel.Tree.Lock.Enter())
        {
            members = [.. group.Members];
        }

        using SignalHold hold = SignalHold.Of(kernel, members);
        foreach (ThreadGroup member in members)
        {
            _ = SendToProcess(member, info);
        }
    }

    /// <summary>A fault of the task itself: it cannot be blocked or ignored (force_sig_fault).</summary>
    public static void ForceFault(Task task, in SigInfo info)
    {
        ulong bit = SignalDefaults.Bit(info.Number);
        SignalAction action = task.Group.Handlers.Get(info.Number);
        if (action.Handler == SignalAction.SIG_IGN || (task.SignalMask & bit) != 0)
        {
            task.Group.Handlers.Set(info.Number, default);
            task.SignalMask &= ~bit;
        }

        if (task.Group.Handlers.Get(info.Number).Handler == SignalAction.SIG_DFL)
        {
            // Its own fault ends a namespace's first process as well.
            task.Group.IsProtectedInit = false;
        }

        using (task.Group.SignalLock.Enter())
        {
            task.Pending.Add(info);
        }

        task.Interrupt();
    }

    private static Errno Send(
        ThreadGroup group, Task? target, in SigInfo sent, bool fromOutside, Task? sender)
    {
        // Who acts for another never looks at signals.
        target = target is { NeverBlocks: true } ? null : target;
        SigInfo info = sent;
        bool isAbove = Translate(group, target, ref info, sender);
        if (fromOutside && group.IsProtectedInit)
        {
            group.IsProtectedInit = false;
        }

        if (info.Number == (int)Signal.SIGCONT)
        {
            GroupStop.Continue(group);
        }

        Task? chosen;
        using (group.SignalLock.Enter())
        {
            if (SignalDefaults.IsStop(info.Number))
            {
                Discard(group, SignalDefaults.ContinueSet);
            }

            if (!fromOutside && IsDropped(group, target, info.Number, isAbove))
            {
                return Errno.Success;
            }

            PendingSignals queue = target?.Pending ?? group.Pending;
            if (!queue.Add(info))
            {
                return Errno.EAGAIN;
            }

            chosen = target ?? Choose(group, info.Number);
        }

        group.SignalEvents.Wake(PollEvents.In);
        if (info.Number == (int)Signal.SIGKILL)
        {
            TaskExit.BeginGroupExit(group, (int)Signal.SIGKILL);
        }
        else if (chosen is not null && (chosen.SignalMask & SignalDefaults.Bit(info.Number)) == 0)
        {
            chosen.Interrupt();
        }
        else
        {
            chosen?.WakeUp();
        }

        return Errno.Success;
    }

    // Ids become those of the receiver's namespaces. True when the sender is above its PID namespace.
    private static bool Translate(ThreadGroup group, Task? target, ref SigInfo info, Task? sender)
    {
        UserNamespace users = (target ?? group.Leader)?.Credentials.Space ?? UserNamespace.Initial;
        bool hasSender = info.Code is SigInfo.SI_USER or SigInfo.SI_TKILL or QueueNotice
            || sender is not null;
        if (!hasSender)
        {
            return false;
        }

        if (!users.IsInitial)
        {
            info.Uid = users.Uids.Show(info.Uid);
        }

        if (group.PidSpace.Parent is null)
        {
            return false;
        }

        int id = group.Kernel.Tree.Show(sender?.Group.ProcessId ?? info.Pid, group.PidSpace);
        bool isAbove = sender is not null && id == 0;
        info.Pid = isAbove || sender is null || info.Code is SigInfo.SI_USER or SigInfo.SI_TKILL
            ? id : info.Pid;
        return isAbove;
    }

    internal static void Discard(ThreadGroup group, ulong set)
    {
        group.Pending.Discard(set);
        foreach (Task task in group.Tasks)
        {
            task.Pending.Discard(set);
        }
    }

    // Ignored and not blocked: it never becomes pending (kernel/signal.c, sig_ignored).
    private static bool IsDropped(ThreadGroup group, Task? target, int signal, bool isAbove)
    {
        SignalAction action = group.Handlers.Get(signal);
        bool isDefault = action.Handler == SignalAction.SIG_DFL;
        bool isProtected = group.IsProtectedInit && isDefault
            && !(isAbove && (signal is (int)Signal.SIGKILL or (int)Signal.SIGSTOP));
        if (action.Handler != SignalAction.SIG_IGN && !(isDefault && SignalDefaults.IsIgnored(signal))
            && !isProtected)
        {
            return false;
        }

        Task? receiver = target ?? (group.Tasks.Count > 0 ? group.Leader : null);
        if (receiver is { Trace: not null } && signal != (int)Signal.SIGKILL)
        {
            // Its tracer is told of those too.
            return false;
        }

        return receiver is null
            || ((receiver.SignalMask | (receiver.RestoreMask ?? 0)) & SignalDefaults.Bit(signal)) == 0;
    }

    private static Task? Choose(ThreadGroup group, int signal)
    {
        ulong bit = SignalDefaults.Bit(signal);
        if ((group.Leader.SignalMask & bit) == 0 && group.Leader.ExitStatus is null)
        {
            return group.Leader;
        }

        foreach (Task task in group.Tasks)
        {
            if ((task.SignalMask & bit) == 0 && task.ExitStatus is null)
            {
                return task;
            }
        }

        return group.Tasks.Count > 0 ? group.Tasks[0] : null;
    }
}
