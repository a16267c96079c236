// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Tracing;

/// <summary>PTRACE_O_ options of PTRACE_SETOPTIONS and PTRACE_SEIZE.</summary>
[Flags]
[LinuxPrefix("PTRACE_O_")]
public enum PtraceOptions : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("PTRACE_O_TRACESYSGOOD")] MarkSyscalls = 1,
    [LinuxName("PTRACE_O_TRACEFORK")] Fork = 1 << 1,
    [LinuxName("PTRACE_O_TRACEVFORK")] VFork = 1 << 2,
    [LinuxName("PTRACE_O_TRACECLONE")] Clone = 1 << 3,
    [LinuxName("PTRACE_O_TRACEEXEC")] Exec = 1 << 4,
    [LinuxName("PTRACE_O_TRACEVFORKDONE")] VForkDone = 1 << 5,
    [LinuxName("PTRACE_O_TRACEEXIT")] Exit = 1 << 6,
    [LinuxName("PTRACE_O_TRACESECCOMP")] Seccomp = 1 << 7,
    [LinuxName("PTRACE_O_EXITKILL")] ExitKill = 1 << 20,
}
