// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Tty;

namespace Moat.FileSystems.DevPts;

/// <summary>The speeds that c_cflag means (tty_baudrate): for show, a pty has none.</summary>
internal static class TerminalSpeeds
{
    private const uint Other = 0x1000;
    private const uint SpeedBits = 0x100f;
    private const int InputShift = 16;

    private static ReadOnlySpan<uint> Speeds =>
    [
        0, 50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 9600, 19200, 38400,
        0, 57600, 115200, 230400, 460800, 500000, 576000, 921600, 1000000, 1152000, 1500000, 2000000, 2500000,
        3000000, 3500000, 4000000,
    ];

    /// <summary>Sets both speeds as the flags say; those that are given as numbers stay.</summary>
    internal static void Complete(ref Termios2 settings)
    {
        uint flags = settings.Modes.ControlFlags;
        settings.OutputSpeed = Of(flags & SpeedBits, settings.OutputSpeed);
        uint input = flags >> InputShift & SpeedBits;
        settings.InputSpeed = input == 0 ? settings.OutputSpeed : Of(input, settings.InputSpeed);
    }

    private static uint Of(uint code, uint number) =>
        code == Other ? number : Speeds[(int)((code & 0xf) | (code & Other) >> 8)];
}
