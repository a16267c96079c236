// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;

namespace Moat.Platform;

/// <summary>
/// A guest thread's integer registers, in the order of struct sigcontext_64 (asm/sigcontext.h).
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct GuestRegisters
{
    public ulong R8;
    public ulong R9;
    public ulong R10;
    public ulong R11;
    public ulong R12;
    public ulong R13;
    public ulong R14;
    public ulong R15;
    public ulong Rdi;
    public ulong Rsi;
    public ulong Rbp;
    public ulong Rbx;
    public ulong Rdx;
    public ulong Rax;
    public ulong Rcx;
    public ulong Rsp;
    public ulong Rip;
    public ulong Eflags;

    /// <summary>cs, gs, fs, ss: sixteen bits each.</summary>
    public ulong Segments;

    /// <summary>Page-fault error code and the like.</summary>
    public ulong ErrorCode;
    public ulong TrapNumber;
    public ulong OldMask;

    /// <summary>Faulting address of a page fault.</summary>
    public ulong Cr2;

    /// <summary>Size in bytes, as in the frame.</summary>
    public const int Size = 23 * 8;

    /// <summary>Size in bytes of those up to <see cref="Eflags"/>.</summary>
    internal const int GeneralSize = 18 * 8;

    private const int BeforeResult = 13;
    private const int AfterResult = 15;

    /// <summary>
    /// True when all that a system call preserves, rip and flags included, is as it was at entry.
    /// </summary>
    internal readonly bool DiffersOnlyInResult(in GuestRegisters entry)
    {
        ReadOnlySpan<ulong> mine = MemoryMarshal.Cast<GuestRegisters, ulong>(new(in this));
        ReadOnlySpan<ulong> theirs = MemoryMarshal.Cast<GuestRegisters, ulong>(new(in entry));
        return mine[..BeforeResult].SequenceEqual(theirs[..BeforeResult])
            && mine[AfterResult..18].SequenceEqual(theirs[AfterResult..18]);
    }
}
