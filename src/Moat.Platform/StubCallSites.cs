// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;

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

    /// <summary>The invalid instruction that a call ends in whose gs is not the stub's.</summary>
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

    /// <summary>The instructions that tell the CPU's number, eight bytes.</summary>
    internal required ulong CpuNumber { get; init; }

    /// <summary>The segment bases are read from here ...</summary>
    internal required ulong SegmentReads { get; init; }

    /// <summary>... to here.</summary>
    internal required ulong SegmentReadsEnd { get; init; }

    /// <summary>The signal handler.</summary>
    internal required ulong Handler { get; init; }

    /// <summary>What a handler would return to.</summary>
    internal required ulong Restorer { get; init; }

    /// <summary>The addresses as bytes, for the prebuilt code.</summary>
    internal byte[] ToBytes() => MemoryMarshal.AsBytes<ulong>(
    [
        Sigreturn, FutexWait, FutexWake, Order,
        CloneCall, Hello, FastEntry, GuestGsTrap,
        FrameTrap, InterruptTrap, ExitStart, ExitEnd,
        InputStart, InputEnd, InputFailed, OutputStart,
        OutputEnd, CpuNumber, Handler, Restorer,
        SegmentReads, SegmentReadsEnd,
    ]).ToArray();

    /// <summary>The reverse of <see cref="ToBytes"/>.</summary>
    internal static StubCallSites FromBytes(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        return new StubCallSites
        {
            Sigreturn = words[0], FutexWait = words[1], FutexWake = words[2],
            Order = words[3], CloneCall = words[4], Hello = words[5],
            FastEntry = words[6], GuestGsTrap = words[7], FrameTrap = words[8],
            InterruptTrap = words[9], ExitStart = words[10], ExitEnd = words[11],
            InputStart = words[12], InputEnd = words[13], InputFailed = words[14],
            OutputStart = words[15], OutputEnd = words[16], CpuNumber = words[17],
            Handler = words[18], Restorer = words[19], SegmentReads = words[20],
            SegmentReadsEnd = words[21],
        };
    }
}
