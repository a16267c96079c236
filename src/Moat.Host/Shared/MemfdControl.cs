// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Shared;

/// <summary>What guest memfds need beside <see cref="Memfd"/>.</summary>
public static class MemfdControl
{
    private const int GetSealsCommand = 1034;

    /// <summary>The seals that are set (F_GET_SEALS).</summary>
    [HostCall("fcntl", Why = "F_GET_SEALS: a guest asks for its memfd's seals")]
    public static Result<int> GetSeals(int fd)
    {
        SysResult result = HostCall.Invoke(SyscallNumber.fcntl, (ulong)fd, GetSealsCommand);
        return result.IsError ? result.Error : (int)result.Raw;
    }
}
