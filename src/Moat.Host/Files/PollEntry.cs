// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Host.Files;

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PollEntry
{
    public const short In = 1;
    public const short Priority = 2;
    public const short Out = 4;
    public const short Error = 8;
    public const short HangUp = 0x10;
    public const short Invalid = 0x20;
    public const short ReadHangUp = 0x2000;

    /// <summary>The descriptor; negative entries are skipped.</summary>
    public int Fd;

    /// <summary>What to wait for.</summary>
    public short Events;

    /// <summary>What is there.</summary>
    public short Returned;
}
