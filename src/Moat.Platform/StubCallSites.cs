// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>The stub's own syscall instructions, each by the address behind it, as seccomp sees it.</summary>
/// <param name="Sigreturn">rt_sigreturn back to guest code.</param>
/// <param name="FutexWait">Sleep until the reply.</param>
/// <param name="FutexWake">Wake the task thread.</param>
/// <param name="Order">An ordered memory call.</param>
/// <param name="CloneCall">An ordered clone.</param>
/// <param name="Hello">A new thread's or process's first call.</param>
internal readonly record struct StubCallSites(
    ulong Sigreturn, ulong FutexWait, ulong FutexWake, ulong Order, ulong CloneCall, ulong Hello);
