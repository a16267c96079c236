// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Tty;

namespace Moat.FileSystems.DevPts;

/// <summary>
/// Bits and indexes of struct termios that the line discipline knows (termios(3)), and the settings of a new
/// pty.
/// </summary>
internal static class TerminalModes
{
    internal const uint IStrip = 0x20;
    internal const uint InlCr = 0x40;
    internal const uint IgnCr = 0x80;
    internal const uint ICrNl = 0x100;
    internal const uint IXon = 0x400;
    internal const uint IXany = 0x800;
    internal const uint OPost = 0x1;
    internal const uint ONlCr = 0x4;
    internal const uint OCrNl = 0x8;
    internal const uint ONoCr = 0x10;
    internal const uint ONlRet = 0x20;
    internal const uint TabDelay = 0x1800;
    internal const uint Cs8 = 0x30;
    internal const uint CRead = 0x80;
    internal const uint ParEnb = 0x100;
    internal const uint ISig = 0x1;
    internal const uint ICanon = 0x2;
    internal const uint Echo = 0x8;
    internal const uint EchoE = 0x10;
    internal const uint EchoK = 0x20;
    internal const uint EchoNl = 0x40;
    internal const uint NoFlsh = 0x80;
    internal const uint ToStop = 0x100;
    internal const uint EchoCtl = 0x200;
    internal const uint EchoKe = 0x800;
    internal const uint IExten = 0x8000;

    /// <summary>NCCS of the kernel.</summary>
    internal const int CharacterCount = 19;

    internal const int VIntr = 0;
    internal const int VQuit = 1;
    internal const int VErase = 2;
    internal const int VKill = 3;
    internal const int VEof = 4;
    internal const int VTime = 5;
    internal const int VMin = 6;
    internal const int VStart = 8;
    internal const int VStop = 9;
    internal const int VSusp = 10;
    internal const int VEol = 11;
    internal const int VReprint = 12;
    internal const int VWErase = 14;
    internal const int VLNext = 15;
    internal const int VEol2 = 16;

    /// <summary>tty_std_termios: cooked, with echo, 38,400 baud, 8 bits.</summary>
    internal static Termios Default()
    {
        var modes = new Termios
        {
            InputFlags = ICrNl | IXon,
            OutputFlags = OPost | ONlCr,
            ControlFlags = 0xbf,
            LocalFlags = ISig | ICanon | Echo | EchoE | EchoK | EchoCtl | EchoKe | IExten,
        };
        System.ReadOnlySpan<byte> characters = [3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0];
        characters.CopyTo(modes.Characters);
        return modes;
    }
}
