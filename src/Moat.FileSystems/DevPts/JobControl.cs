// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;

namespace Moat.FileSystems.DevPts;

/// <summary>
/// What background processes may do on their terminal (tty_check_change, job_control in n_tty).
/// </summary>
internal static class JobControl
{
    /// <summary>Checks a task that is about to read, write or change its terminal.</summary>
    /// <param name="task">The task.</param>
    /// <param name="terminal">The terminal.</param>
    /// <param name="signal">SIGTTIN for reading, SIGTTOU otherwise.</param>
    /// <returns>
    /// Success; ERESTARTSYS when its group was signalled; EIO for a reader that cannot be stopped.
    /// </returns>
    internal static Errno Check(Task task, IControllingTerminal terminal, Signal signal)
    {
        ProcessGroup group;
        using (task.Kernel.Tree.Lock.Enter())
        {
            group = task.Group.ProcessGroup;
            int foreground = terminal.ForegroundGroup;
            if (group.Session.Terminal != terminal || foreground == 0 || foreground == group.Id)
            {
                return Errno.Success;
            }
        }

        bool immune = (task.SignalMask >> ((int)signal - 1) & 1) != 0
            || task.Group.Handlers.Get((int)signal).Handler == SignalAction.SIG_IGN;
        if (signal == Signal.SIGTTIN ? immune || IsOrphaned(task, group) : immune)
        {
            return signal == Signal.SIGTTIN ? Errno.EIO : Errno.Success;
        }

        if (IsOrphaned(task, group))
        {
            return Errno.EIO;
        }

        SignalSender.SendToGroup(task.Kernel, group,
            new SigInfo { Number = (int)signal, Code = SigInfo.SI_KERNEL });
        return Errno.ERESTARTSYS;
    }

    /// <summary>Sends a signal to a terminal's foreground group.</summary>
    internal static void SignalForeground(Kernel.LinuxKernel kernel, int groupId, Signal signal)
    {
        ProcessGroup? group;
        using (kernel.Tree.Lock.Enter())
        {
            if (groupId == 0 || !kernel.Tree.TryGetGroupLocked(groupId, out group))
            {
                return;
            }
        }

        SignalSender.SendToGroup(kernel, group,
            new SigInfo { Number = (int)signal, Code = SigInfo.SI_KERNEL });
    }

    // Nobody of the same session outside the group looks after it (setpgid(2)).
    private static bool IsOrphaned(Task task, ProcessGroup group)
    {
        using (task.Kernel.Tree.Lock.Enter())
        {
            foreach (ThreadGroup member in group.Members)
            {
                if (member.Parent is { } parent && parent.ProcessGroup != group
                    && parent.Session == group.Session)
                {
                    return false;
                }
            }

            return true;
        }
    }
}
