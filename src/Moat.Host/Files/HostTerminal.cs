// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Host.Files;

/// <summary>Questions about host terminals.</summary>
public static unsafe class HostTerminal
{
    private const uint GetAttributes = 0x5401;
    private const int AttributesSize = 64;

    /// <summary>True when the descriptor is a terminal (isatty(3)).</summary>
    [HostCall("ioctl", Why = "TCGETS")]
    public static bool IsTerminal(int fd)
    {
        byte* attributes = stackalloc byte[AttributesSize];
        return !HostCall.Invoke(SyscallNumber.ioctl, (ulong)fd, GetAttributes, (ulong)attributes).IsError;
    }
}
