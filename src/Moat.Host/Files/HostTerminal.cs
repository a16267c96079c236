// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Files;

/// <summary>Questions about host terminals.</summary>
public static unsafe class HostTerminal
{
    private const uint GetAttributes = 0x5401;
    private const uint SetLock = 0x40045431;
    private const uint GetPeer = 0x5441;
    private const uint SetSizeRequest = 0x5414;
    private const int AttributesSize = 64;

    /// <summary>True when the descriptor is a terminal (isatty(3)).</summary>
    [HostCall("ioctl", Why = "TCGETS")]
    public static bool IsTerminal(int fd)
    {
        byte* attributes = stackalloc byte[AttributesSize];
        return !HostCall.Invoke(SyscallNumber.ioctl, (ulong)fd, GetAttributes, (ulong)attributes).IsError;
    }

    /// <summary>Unlocks a pseudo-terminal and opens the side that programs use.</summary>
    [HostCall("ioctl", Why = "TIOCSPTLCK, TIOCGPTPEER", Stage = HostCallStage.Starting)]
    public static Result<int> OpenOtherSide(int master)
    {
        int unlocked = 0;
        Errno error = HostCall.Invoke(SyscallNumber.ioctl, (ulong)master, SetLock, (ulong)&unlocked).Error;
        const OpenFlags flags = OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal | OpenFlags.CloseOnExec;
        return error != Errno.Success
            ? error : HostCall.Invoke(SyscallNumber.ioctl, (ulong)master, GetPeer, (ulong)flags).AsInt();
    }

    /// <summary>Sets the size in characters; nothing happens for 0 rows.</summary>
    [HostCall("ioctl", Why = "TIOCSWINSZ", Stage = HostCallStage.Starting)]
    public static Errno SetSize(int fd, ushort rows, ushort columns)
    {
        ushort* size = stackalloc ushort[] { rows, columns, 0, 0 };
        return rows == 0 ? Errno.Success
            : HostCall.Invoke(SyscallNumber.ioctl, (ulong)fd, SetSizeRequest, (ulong)size).Error;
    }
}
