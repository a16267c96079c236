// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Abi.Tty;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.DevPts;

/// <summary>An open /dev/pts/N: the terminal as programs see it.</summary>
internal sealed class PtySlaveFile : PtyFile
{
    internal PtySlaveFile(PseudoTerminal terminal, Location location, OpenFlags flags)
        : base(terminal, location, flags) => terminal.AddSlave();

    public override WaitQueue WaitQueue => Terminal.SlaveQueue;

    public override ReadTiming ReadTiming
    {
        get
        {
            Termios modes = Terminal.Modes;
            if ((modes.LocalFlags & TerminalModes.ICanon) != 0)
            {
                return default;
            }

            int minimum = modes.Characters[TerminalModes.VMin];
            long timeNs = modes.Characters[TerminalModes.VTime] * 100_000_000L;
            return minimum == 0 ? new ReadTiming(0, timeNs, 0) : new ReadTiming(minimum, 0, timeNs);
        }
    }

    protected override bool IsMaster => false;

    public override PollEvents Poll(Caller caller) => Terminal.PollSlave();

    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        Errno error = JobControl.Check((Task)caller, Terminal, Signal.SIGTTIN);
        return error == Errno.Success ? Terminal.ReadSlave(buffer) : error;
    }

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer)
    {
        if ((Terminal.Modes.LocalFlags & TerminalModes.ToStop) != 0)
        {
            Errno error = JobControl.Check((Task)caller, Terminal, Signal.SIGTTOU);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return Terminal.WriteSlave(buffer);
    }

    protected override void Destroy()
    {
        Terminal.RemoveSlave();
        base.Destroy();
    }
}
