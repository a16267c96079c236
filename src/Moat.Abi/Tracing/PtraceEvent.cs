// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Tracing;

/// <summary>PTRACE_EVENT_ codes: the third byte of what wait reports.</summary>
[LinuxPrefix("PTRACE_EVENT_")]
public enum PtraceEvent
{
    [LinuxName("")] None = 0,
    Fork = 1,
    VFork = 2,
    Clone = 3,
    Exec = 4,
    [LinuxName("PTRACE_EVENT_VFORK_DONE")] VForkDone = 5,
    Exit = 6,
    Seccomp = 7,
    Stop = 128,
}
