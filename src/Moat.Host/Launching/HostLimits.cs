// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Launching;

/// <summary>Resource limits of the calling process: prlimit64(2).</summary>
public static unsafe class HostLimits
{
    public const int CoreSize = 4;
    public const int OpenFiles = 7;

    /// <summary>Reads a limit.</summary>
    [HostCall("prlimit64", Why = "the .NET runtime reads its stack limit")]
    public static Errno Get(int resource, out ulong soft, out ulong hard)
    {
        ulong* pair = stackalloc ulong[2];
        Errno error = HostCall.Invoke(SyscallNumber.prlimit64, 0, (ulong)resource, 0, (ulong)pair).Error;
        (soft, hard) = (pair[0], pair[1]);
        return error;
    }

    /// <summary>Sets a limit.</summary>
    public static Errno Set(int resource, ulong soft, ulong hard)
    {
        ulong* pair = stackalloc ulong[] { soft, hard };
        return HostCall.Invoke(SyscallNumber.prlimit64, 0, (ulong)resource, (ulong)pair).Error;
    }
}
