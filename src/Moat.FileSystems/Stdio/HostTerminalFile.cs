// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.FileSystems.DevPts;
using Moat.Host.Files;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Stdio;

/// <summary>
/// A standard stream that is the caller's terminal: settings pass through, job control is the guest's own.
/// </summary>
public sealed class HostTerminalFile : HostStreamFile
{
    private readonly CallerTerminal _terminal;

    internal HostTerminalFile(
        HostPoller poller, int original, int fd, HostStreamKind kind, OpenFlags flags,
        CallerTerminal terminal)
        : base(poller, original, fd, kind, 0x2000, flags) => _terminal = terminal;

    /// <inheritdoc/>
    public override string AnonymousName => "/dev/console";

    /// <inheritdoc/>
    public override Location? Location => _terminal.Node;

    /// <summary>The terminal that this file is a handle of.</summary>
    public CallerTerminal Terminal => _terminal;

    /// <inheritdoc/>
    public override Result<long> Ioctl(Caller caller, uint command, ulong argument)
    {
        switch (command)
        {
            case 0x5401: // TCGETS
                return PassOut(caller, command, argument, 36);
            case 0x5402 or 0x5403 or 0x5404: // TCSETS, TCSETSW, TCSETSF
                return PassIn(caller, command, argument, 36);
            case 0x802c542a: // TCGETS2
                return PassOut(caller, command, argument, 44);
            case 0x402c542b or 0x402c542c or 0x402c542d: // TCSETS2, TCSETSW2, TCSETSF2
                return PassIn(caller, command, argument, 44);
            case 0x5413: // TIOCGWINSZ
                return PassOut(caller, command, argument, 8);
            case 0x5414: // TIOCSWINSZ
                return PassIn(caller, command, argument, 8);
            case 0x541b or 0x5411: // FIONREAD, TIOCOUTQ
                return PassOut(caller, command, argument, 4);
            case 0x5409 or 0x540a or 0x540b or 0x5425: // TCSBRK, TCXONC, TCFLSH, TCSBRKP
                return argument <= 3
                    ? ToResult(HostFile.Ioctl(HostFd, command, argument).Error) : Errno.EINVAL;
            case 0x540f: // TIOCGPGRP
                return ToResult(caller.Memory.Write(argument,
                    ((Task)caller).ShowProcess(_terminal.ForegroundGroup)));
            case 0x5410: // TIOCSPGRP
                return SetForeground((Task)caller, argument);
            case 0x5429: // TIOCGSID
                return ToResult(caller.Memory.Write(argument,
                    ((Task)caller).ShowProcess(((Task)caller).Group.Session.Id)));
            case 0x540e: // TIOCSCTTY
                return Acquire((Task)caller);
            default:
                return base.Ioctl(caller, command, argument);
        }
    }

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes()
    {
        if (_terminal.Node is not { } node)
        {
            return base.GetAttributes();
        }

        Errno error = node.Inode.GetAttributes(out InodeAttributes attributes);
        return error == Errno.Success ? attributes : error;
    }

    /// <inheritdoc/>
    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        Errno error = JobControl.Check((Task)caller, _terminal, Signal.SIGTTIN);
        return error == Errno.Success ? base.Read(caller, buffer) : error;
    }

    private protected override ulong SpecialDevice(in HostStatx stat) => CallerTerminal.ConsoleDevice;

    private protected override OpenFile Clone(HostPoller poller, int original, int fd, OpenFlags flags) =>
        new HostTerminalFile(poller, original, fd, Kind, flags, _terminal);

    private Result<long> PassOut(Caller caller, uint command, ulong argument, int size)
    {
        Span<byte> structure = stackalloc byte[size];
        Errno error = HostStream.Ioctl(HostFd, command, structure);
        return ToResult(error != Errno.Success ? error : caller.Memory.Write(argument, structure));
    }

    private Result<long> PassIn(Caller caller, uint command, ulong argument, int size)
    {
        Span<byte> structure = stackalloc byte[size];
        Errno error = caller.Memory.Read(argument, structure);
        return ToResult(error != Errno.Success ? error : HostStream.Ioctl(HostFd, command, structure));
    }

    private Result<long> SetForeground(Task task, ulong argument)
    {
        Errno error = task.Memory.Read(argument, out int id);
        if (error != Errno.Success)
        {
            return error;
        }

        if (id < 0)
        {
            return Errno.EINVAL;
        }

        TaskTree tree = task.Kernel.Tree;
        using (tree.Lock.Enter())
        {
            if (task.Group.Session.Terminal != _terminal)
            {
                return Errno.ENOTTY;
            }

            id = task.ReadProcess(id);
            if (!tree.TryGetGroupLocked(id, out ProcessGroup? group))
            {
                return Errno.ESRCH;
            }

            if (group.Session != task.Group.Session)
            {
                return Errno.EPERM;
            }
        }

        _terminal.ForegroundGroup = id;
        return 0;
    }

    private Result<long> Acquire(Task task)
    {
        using (task.Kernel.Tree.Lock.Enter())
        {
            Session session = task.Group.Session;
            if (session.Terminal == _terminal)
            {
                return 0;
            }

            if (session.Leader != task.Group || session.Terminal is not null)
            {
                return Errno.EPERM;
            }

            session.Terminal = _terminal;
            _terminal.ForegroundGroup = task.Group.ProcessGroup.Id;
            return 0;
        }
    }

    private static Result<long> ToResult(Errno error) => error == Errno.Success ? 0L : error;
}
