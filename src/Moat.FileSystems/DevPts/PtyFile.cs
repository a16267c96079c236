// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
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

    public override bool TellsByFlag => true;

    public override Result<long> Seek(Caller caller, long offset, int whence) => Errno.ESPIPE;

    public override Errno Sync(bool dataOnly) => Errno.EINVAL;

    public override Result<long> Ioctl(Caller caller, uint command, ulong argument)
    {
        var task = (Task)caller;
        if (terminal.IsHungUp && !IsMaster)
        {
            return Errno.EIO;
        }

        if (TerminalSettings.Serve(task, terminal, IsMaster, command, argument) is { } done)
        {
            return ToResult(done);
        }

        switch (command)
        {
            case 0x5409 or 0x5425: // TCSBRK, TCSBRKP: nothing to drain or to break
                return 0L;
            case 0x540a: // TCXONC
                return argument > 3 ? Errno.EINVAL : StartOrStop(argument);
            case 0x540b: // TCFLSH
                return argument > 2 ? Errno.EINVAL : Flush(argument);
            case 0x540c or 0x540d: // TIOCEXCL, TIOCNXCL
                return SetExclusive(command == 0x540c);
            case 0x80045440: // TIOCGEXCL
                return ToResult(task.Memory.Write(argument, IsExclusive ? 1 : 0));
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
            case 0x5412: // TIOCSTI, as where dev.tty.legacy_tiocsti is 0
                return task.Credentials.Has(Capability.SysAdmin) ? Inject(task, argument) : Errno.EIO;
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

    private bool IsExclusive => IsMaster ? terminal.IsMasterExclusive : terminal.IsSlaveExclusive;

    private Result<long> SetExclusive(bool value)
    {
        if (IsMaster)
        {
            terminal.IsMasterExclusive = value;
        }
        else
        {
            terminal.IsSlaveExclusive = value;
        }

        return 0L;
    }

    private Result<long> Inject(Task task, ulong argument)
    {
        Errno error = task.Memory.Read(argument, out byte typed);
        return ToResult(error != Errno.Success ? error : terminal.WriteMaster([typed]).Error);
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
        else
        {
            terminal.SendStop(action == 2);
        }

        return 0;
    }

    private Result<long> Flush(ulong queues)
    {
        terminal.Flush(queues);
        return 0;
    }
}
