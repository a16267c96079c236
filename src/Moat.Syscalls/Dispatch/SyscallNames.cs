// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Moat.Syscalls.Dispatch;

/// <summary>
/// System call numbers to names; the table itself is generated from <see cref="Abi.SyscallNumber"/>.
/// </summary>
public static partial class SyscallNames
{
    /// <summary>The name, or null when Linux has no such number.</summary>
    public static string? Find(uint number)
    {
        if (number >= (uint)Starts.Length - 1)
        {
            return null;
        }

        int start = Starts[(int)number];
        int end = Starts[(int)number + 1];
        return start == end ? null : Names[start..end];
    }

    /// <summary>The name, or syscall_0xNN as strace prints unknown ones.</summary>
    public static string Get(uint number) =>
        Find(number) ?? string.Create(CultureInfo.InvariantCulture, $"syscall_0x{number:x}");
}
