// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Host;

/// <summary>Raw host system calls.</summary>
public static unsafe class HostCall
{
    /// <summary>
    /// Makes a host system call; the result is a value or a negated errno. Blocking calls are fine.
    /// </summary>
    public static SysResult Invoke(
        SyscallNumber number, ulong a0 = 0, ulong a1 = 0, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0, ulong a5 =
            0) =>
        new(SyscallThunk.Call((long)number, a0, a1, a2, a3, a4, a5));

    /// <summary>The CPU that the calling thread runs on right now.</summary>
    public static uint CurrentCpu() => SyscallThunk.CurrentCpu();

    /// <summary>The CPU's time stamp counter, in its own unit.</summary>
    public static ulong TimeStamp() => SyscallThunk.TimeStamp();
}
