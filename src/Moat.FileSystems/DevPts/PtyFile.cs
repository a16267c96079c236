// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Abi.Tty;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.DevPts;

/// <summary>What open masters and slaves share: terminal ioctls (ioctl_tty(2)).</summary>
internal abstract class PtyFile(PseudoTerminal terminal, Location location, OpenFlags flags)
    : InodeFile(location, flags)
{
    /// <summary>The pair.</summary>
    protected PseudoTerminal Terminal => terminal;

    /// <summary>True for the master's side.</summary>
    protected abstract bool IsMaster { get; }

    public override Result<long> Seek(Caller caller, long offset, int whence) => Errno.ESPIPE;

    public override Errno Sync(bool dataOnly) => Errno.EINVAL;

    public override Result<long> Ioctl(Caller caller, uint command, ulong argument)
    {
        var task = (Task)caller;
        if (terminal.IsHungUp && !IsMaster)
        {
            return Errno.EIO;
        }

        switch (command)
        {
            case 0x5401: // TCGETS
                return ToResult(task.Memory.Write(argument, terminal.Modes));
            case 0x5402 or 0x5403 or 0x5404: // TCSETS, TCSETSW, TCSETSF
                return SetModes(task, argument, flushInput: command == 0x5404);
            case 0x5409 or 0x5425: // TCSBRK, TCSBRKP: nothing to drain or to break
                return 0L;
            case 0x540a: // TCXONC
                return argument > 3 ? Errno.EINVAL : StartOrStop(argument);
            case 0x540b: // TCFLSH
                return argument > 2 ? Errno.EINVAL : Flush(argument);
            case 0x540e: // TIOCSCTTY
                return ToResult(TerminalSessions.Acquire(task, terminal, mayFail: true));
            case 0x540f: // TIOCGPGRP
                return TerminalSessions.IsControlling(task, terminal) || IsMaster
                    ? ToResult(task.Memory.Write(argument, task.ShowProcess(terminal.ForegroundGroup)))
                    : Errno.ENOTTY;
            case 0x5410: // TIOCSPGRP
                return ToResult(TerminalSessions.SetForeground(task, terminal, argument));
            case 0x5411: // TIOCOUTQ
                return ToResult(task.Memory.Write(argument, 0));
            case 0x5413: // TIOCGWINSZ
                return ToResult(task.Memory.Write(argument, terminal.Size));
            case 0x5414: // TIOCSWINSZ
                return SetSize(task, argument);
            case 0x541b: // FIONREAD
                return ToResult(task.Memory.Write(argument, terminal.Readable(IsMaster)));
            case 0x5422: // TIOCNOTTY
                return ToResult(TerminalSessions.Abandon(task, terminal));
            case 0x5424: // TIOCGETD: N_TTY
                return ToResult(task.Memory.Write(argument, 0));
            case 0x5429: // TIOCGSID
                return TerminalSessions.IsControlling(task, terminal) || IsMaster
                    ? ToResult(task.Memory.Write(argument, task.ShowProcess(task.Group.Session.Id)))
                    : Errno.ENOTTY;
            default:
                return Errno.ENOTTY;
        }
    }

    /// <summary>Success as the number 0.</summary>
    protected static Result<long> ToResult(Errno error) => error == Errno.Success ? 0L : error;

    private Result<long> SetModes(Task task, ulong argument, bool flushInput)
    {
        Errno error = task.Memory.Read(argument, out Termios modes);
        if (error == Errno.Success && !IsMaster)
        {
            error = JobControl.Check(task, terminal, Signal.SIGTTOU);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        terminal.SetModes(modes, flushInput);
        return 0;
    }

    private Result<long> SetSize(Task task, ulong argument)
    {
        Errno error = task.Memory.Read(argument, out WindowSize size);
        if (error == Errno.Success)
        {
            terminal.SetSize(size);
        }

        return ToResult(error);
    }

    private Result<long> StartOrStop(ulong action)
    {
        if (action <= 1)
        {
            terminal.SetStopped(action == 0);
        }

        return 0;
    }

    private Result<long> Flush(ulong queues)
    {
        terminal.Flush(queues);
        return 0;
    }
}
