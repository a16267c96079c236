// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Abi.Tty;
using Moat.Kernel.Tasks;

namespace Moat.FileSystems.DevPts;

/// <summary>The ioctls for a terminal's settings, in the three forms of the structure.</summary>
internal static class TerminalSettings
{
    private const uint LowHalf = 0xffff;

    /// <summary>Serves one of these ioctls; null when it is another.</summary>
    internal static Errno? Serve(
        Task task, PseudoTerminal terminal, bool isMaster, uint command, ulong address)
    {
        switch (command)
        {
            case 0x5401: // TCGETS
                return task.Memory.Write(address, terminal.Modes);
            case 0x5405: // TCGETA
                return task.Memory.Write(address, ToTermio(terminal.Modes));
            case 0x802c542a: // TCGETS2
                return task.Memory.Write(address, terminal.Settings);
            case 0x5402 or 0x5403 or 0x5404: // TCSETS, TCSETSW, TCSETSF
            case 0x5406 or 0x5407 or 0x5408: // TCSETA, TCSETAW, TCSETAF
            case 0x402c542b or 0x402c542c or 0x402c542d: // TCSETS2, TCSETSW2, TCSETSF2
                return Set(task, terminal, isMaster, command, address);
            case 0x5456: // TIOCGLCKTRMIOS
                return task.Memory.Write(address, terminal.LockedModes);
            case 0x5457: // TIOCSLCKTRMIOS
                return Lock(task, terminal, address);
            default:
                return null;
        }
    }

    private static Errno Set(Task task, PseudoTerminal terminal, bool isMaster, uint command, ulong address)
    {
        Errno error = isMaster ? Errno.Success : JobControl.Check(task, terminal, Signal.SIGTTOU);
        if (error != Errno.Success)
        {
            return error;
        }

        Termios2 before = terminal.Settings;
        Termios2 settings = before;
        if (command is 0x5406 or 0x5407 or 0x5408)
        {
            error = task.Memory.Read(address, out Termio termio);
            Apply(termio, ref settings.Modes);
        }
        else if (command is 0x5402 or 0x5403 or 0x5404)
        {
            error = task.Memory.Read(address, out settings.Modes);
        }
        else
        {
            error = task.Memory.Read(address, out settings);
        }

        if (error == Errno.Success)
        {
            Keep(before.Modes, terminal.LockedModes, ref settings.Modes);
            TerminalSpeeds.Complete(ref settings);
            terminal.SetModes(settings, flushInput: command is 0x5404 or 0x5408 or 0x402c542d);
        }

        return error;
    }

    private static Errno Lock(Task task, PseudoTerminal terminal, ulong address)
    {
        if (!task.Credentials.Has(Capability.SysAdmin))
        {
            return Errno.EPERM;
        }

        Errno error = task.Memory.Read(address, out Termios locked);
        terminal.LockedModes = error == Errno.Success ? locked : terminal.LockedModes;
        return error;
    }

    // What is locked (a bit, or a character that is not 0) stays as it was.
    private static void Keep(in Termios before, in Termios locked, ref Termios modes)
    {
        modes.InputFlags ^= (modes.InputFlags ^ before.InputFlags) & locked.InputFlags;
        modes.OutputFlags ^= (modes.OutputFlags ^ before.OutputFlags) & locked.OutputFlags;
        modes.ControlFlags ^= (modes.ControlFlags ^ before.ControlFlags) & locked.ControlFlags;
        modes.LocalFlags ^= (modes.LocalFlags ^ before.LocalFlags) & locked.LocalFlags;
        modes.LineDiscipline = locked.LineDiscipline != 0 ? before.LineDiscipline : modes.LineDiscipline;
        for (int i = 0; i < TerminalModes.CharacterCount; i++)
        {
            modes.Characters[i] = locked.Characters[i] != 0 ? before.Characters[i] : modes.Characters[i];
        }
    }

    private static Termio ToTermio(in Termios modes)
    {
        var termio = new Termio
        {
            InputFlags = (ushort)modes.InputFlags,
            OutputFlags = (ushort)modes.OutputFlags,
            ControlFlags = (ushort)modes.ControlFlags,
            LocalFlags = (ushort)modes.LocalFlags,
            LineDiscipline = modes.LineDiscipline,
        };
        for (int i = 0; i < 8; i++)
        {
            termio.Characters[i] = modes.Characters[i];
        }

        return termio;
    }

    private static void Apply(in Termio termio, ref Termios modes)
    {
        modes.InputFlags = (modes.InputFlags & ~LowHalf) | termio.InputFlags;
        modes.OutputFlags = (modes.OutputFlags & ~LowHalf) | termio.OutputFlags;
        modes.ControlFlags = (modes.ControlFlags & ~LowHalf) | termio.ControlFlags;
        modes.LocalFlags = (modes.LocalFlags & ~LowHalf) | termio.LocalFlags;
        modes.LineDiscipline = termio.LineDiscipline;
        for (int i = 0; i < 8; i++)
        {
            modes.Characters[i] = termio.Characters[i];
        }
    }
}
