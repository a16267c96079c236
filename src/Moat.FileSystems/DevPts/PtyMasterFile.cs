// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.DevPts;

/// <summary>An open /dev/ptmx: the side of the terminal emulator.</summary>
internal sealed class PtyMasterFile(PseudoTerminal terminal, PtsDirectory directory, Location location,
    OpenFlags flags)
    : PtyFile(terminal, location, flags)
{
    /// <summary>The pair, for tests.</summary>
    internal PseudoTerminal Pair => Terminal;

    public override WaitQueue WaitQueue => Terminal.MasterQueue;

    protected override bool IsMaster => true;

    public override PollEvents Poll(Caller caller) => Terminal.PollMaster();

    public override Result<int> Read(Caller caller, Span<byte> buffer) => Terminal.ReadMaster(buffer);

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer) =>
        Terminal.WriteMaster(buffer);

    public override Result<long> Ioctl(Caller caller, uint command, ulong argument)
    {
        switch (command)
        {
            case 0x80045430: // TIOCGPTN
                return ToResult(caller.Memory.Write(argument, Terminal.Number));
            case 0x40045431: // TIOCSPTLCK
                Errno error = caller.Memory.Read(argument, out int locked);
                Terminal.IsLocked = error == Errno.Success ? locked != 0 : Terminal.IsLocked;
                return ToResult(error);
            case 0x80045439: // TIOCGPTLCK
                return ToResult(caller.Memory.Write(argument, Terminal.IsLocked ? 1 : 0));
            case 0x5420: // TIOCPKT
                error = caller.Memory.Read(argument, out int on);
                if (error == Errno.Success)
                {
                    Terminal.IsPacketMode = on != 0;
                }

                return ToResult(error);
            case 0x80045438: // TIOCGPKT
                return ToResult(caller.Memory.Write(argument, Terminal.IsPacketMode ? 1 : 0));
            case 0x5441: // TIOCGPTPEER
                return OpenPeer((Task)caller, (OpenFlags)(int)argument);
            default:
                return base.Ioctl(caller, command, argument);
        }
    }

    /// <summary>unlockpt(3).</summary>
    internal void Unlock() => Terminal.IsLocked = false;

    protected override void Destroy()
    {
        directory.Remove(Terminal.Number);
        Terminal.CloseMaster();
        base.Destroy();
    }

    private Result<long> OpenPeer(Task task, OpenFlags flags)
    {
        if (!Terminal.OpenTerminal(task, flags).TryGet(out OpenFile? file, out Errno error))
        {
            return error;
        }

        return task.Files.Install(file, (flags & OpenFlags.CloseOnExec) != 0).TryGet(out int fd, out error)
            ? fd : error;
    }
}
