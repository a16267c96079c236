// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Seccomp;

/// <summary>Installs a filter on the calling process: seccomp(2).</summary>
public static unsafe class SeccompFilter
{
    /// <summary>SECCOMP_FILTER_FLAG_TSYNC: all threads.</summary>
    public const uint AllThreads = 1;

    /// <summary>SECCOMP_FILTER_FLAG_NEW_LISTENER.</summary>
    public const uint NewListener = 8;

    /// <summary>SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV.</summary>
    public const uint WaitKillable = 32;

    private const ulong SetModeFilter = 1;

    /// <summary>
    /// Installs it for good. With <see cref="NewListener"/> the value is the listener, else 0.
    /// </summary>
    [HostCall("seccomp", Why = "the kernel process confines itself", Stage = HostCallStage.Starting)]
    public static Result<int> Install(ReadOnlySpan<SockFilter> program, uint flags)
    {
        fixed (SockFilter* filter = program)
        {
            ulong* header = stackalloc ulong[] { (ulong)program.Length, (ulong)filter };
            return HostCall.Invoke(SyscallNumber.seccomp, SetModeFilter, flags, (ulong)header).AsInt();
        }
    }

    /// <summary>The program as bytes, for a child or a stub to install.</summary>
    public static ReadOnlySpan<byte> AsBytes(SockFilter[] program) => MemoryMarshal.AsBytes(program.AsSpan());
}
