// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Tty;

/// <summary>struct termios2, 44 bytes: settings with speeds of their own (TCGETS2(2const)).</summary>
public struct Termios2
{
    public Termios Modes;

    /// <summary>In bits per second.</summary>
    public uint InputSpeed;

    /// <summary>In bits per second.</summary>
    public uint OutputSpeed;
}
