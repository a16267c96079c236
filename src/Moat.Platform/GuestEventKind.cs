// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>Why guest code stopped.</summary>
public enum GuestEventKind
{
    /// <summary>A system call: number in rax, rip behind the instruction.</summary>
    Syscall,

    /// <summary>An int 0x80 or other foreign entry.</summary>
    ForeignSyscall,

    /// <summary>A fault: SIGSEGV, SIGBUS, SIGILL, SIGFPE or SIGTRAP.</summary>
    Fault,

    /// <summary>Someone called <see cref="StubThread.Interrupt"/>.</summary>
    Interrupt,

    /// <summary>The stub process is gone, or broke the protocol and was killed.</summary>
    Dead,
}
