// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>
/// Addresses in the stub's code that the kernel has to know: its host calls, each by the address behind the
/// instruction, as seccomp sees it, and the places where a fault or an interrupt means something.
/// </summary>
internal sealed record StubCallSites
{
    /// <summary>rt_sigreturn back to guest code.</summary>
    internal required ulong Sigreturn { get; init; }

    /// <summary>Sleep until the reply.</summary>
    internal required ulong FutexWait { get; init; }

    /// <summary>Wake the task thread.</summary>
    internal required ulong FutexWake { get; init; }

    /// <summary>An ordered memory call.</summary>
    internal required ulong Order { get; init; }

    /// <summary>An ordered clone.</summary>
    internal required ulong CloneCall { get; init; }

    /// <summary>A new thread's or process's first call.</summary>
    internal required ulong Hello { get; init; }

    /// <summary>Where trampolines enter; also the instruction that reads through gs and may fault.</summary>
    internal required ulong FastEntry { get; init; }

    /// <summary>Behind the trap of a call whose gs is not the stub's.</summary>
    internal required ulong GuestGsTrap { get; init; }

    /// <summary>Behind the trap that was asked for by <see cref="StubLayout.ReplyTrap"/>.</summary>
    internal required ulong FrameTrap { get; init; }

    /// <summary>Behind the trap that an interrupt on the fast path ends in.</summary>
    internal required ulong InterruptTrap { get; init; }

    /// <summary>From here to <see cref="ExitEnd"/> an interrupt finds the call over.</summary>
    internal required ulong ExitStart { get; init; }

    internal required ulong ExitEnd { get; init; }

    /// <summary>Inputs are copied from here ...</summary>
    internal required ulong InputStart { get; init; }

    /// <summary>... to here, ...</summary>
    internal required ulong InputEnd { get; init; }

    /// <summary>... and after a fault the stub goes on here.</summary>
    internal required ulong InputFailed { get; init; }

    /// <summary>Outputs are copied from here ...</summary>
    internal required ulong OutputStart { get; init; }

    /// <summary>... to here, where the stub also goes on once the kernel has done it instead.</summary>
    internal required ulong OutputEnd { get; init; }
}
