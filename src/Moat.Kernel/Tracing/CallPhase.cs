// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Tracing;

/// <summary>PTRACE_SYSCALL_INFO_ values: what a stop says of the call (PTRACE_GET_SYSCALL_INFO).</summary>
public enum CallPhase
{
    None = 0,
    Entry = 1,
    Exit = 2,
    Seccomp = 3,
}
