// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Kernel.Tasks;

namespace Moat.FileSystems.DevPts;

/// <summary>How sessions get, use and lose their controlling terminal (tty_jobctrl).</summary>
internal static class TerminalSessions
{
    /// <summary>True when it is the controlling terminal of the task's session.</summary>
    internal static bool IsControlling(Task task, IControllingTerminal terminal) =>
        task.Group.Session.Terminal == terminal;

    /// <summary>Makes it the session's terminal: for a session leader without one.</summary>
    internal static Errno Acquire(Task task, IControllingTerminal terminal, bool mayFail)
    {
        using (task.Kernel.Tree.Lock.Enter())
        {
            Session session = task.Group.Session;
            if (session.Terminal == terminal)
            {
                return Errno.Success;
            }

            // A terminal that has a foreground group belongs to another session.
            if (session.Leader != task.Group || session.Terminal is not null || terminal.ForegroundGroup != 0)
            {
                return mayFail ? Errno.EPERM : Errno.Success;
            }

            session.Terminal = terminal;
            terminal.ForegroundGroup = task.Group.ProcessGroup.Id;
            return Errno.Success;
        }
    }

    /// <summary>TIOCNOTTY: the session leader takes the whole session off the terminal.</summary>
    internal static Errno Abandon(Task task, IControllingTerminal terminal)
    {
        bool isLeader;
        using (task.Kernel.Tree.Lock.Enter())
        {
            Session session = task.Group.Session;
            if (session.Terminal != terminal)
            {
                return Errno.ENOTTY;
            }

            isLeader = session.Leader == task.Group;
            session.Terminal = isLeader ? null : session.Terminal;
        }

        if (isLeader)
        {
            terminal.OnSessionEnd();
        }

        return Errno.Success;
    }

    /// <summary>TIOCSPGRP.</summary>
    internal static Errno SetForeground(Task task, IControllingTerminal terminal, ulong pointer)
    {
        Errno error = task.Memory.Read(pointer, out int id);
        if (error == Errno.Success && id < 0)
        {
            error = Errno.EINVAL;
        }

        if (error == Errno.Success)
        {
            error = IsControlling(task, terminal)
                ? JobControl.Check(task, terminal, Signal.SIGTTOU) : Errno.ENOTTY;
        }

        if (error != Errno.Success)
        {
            return error;
        }

        TaskTree tree = task.Kernel.Tree;
        using (tree.Lock.Enter())
        {
            id = task.ReadProcess(id);
            if (!tree.TryGetGroupLocked(id, out ProcessGroup? group))
            {
                return Errno.ESRCH;
            }

            if (group.Session != task.Group.Session)
            {
                return Errno.EPERM;
            }

            terminal.ForegroundGroup = id;
            return Errno.Success;
        }
    }
}
