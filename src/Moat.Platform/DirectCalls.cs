// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Host.Seccomp;
using Moat.Memory;

namespace Moat.Platform;

/// <summary>
/// The memory calls of the profile <see cref="MemoryCalls.Direct"/>: as a filter's rules, and as a predicate
/// that must agree with them, since what the filter lets through no supervisor is asked about.
/// </summary>
internal static class DirectCalls
{
    private const uint Access = 7;
    private const uint NoReserve = 0x4000;

    // MAP_PRIVATE, MAP_FIXED, MAP_ANONYMOUS.
    private const uint FixedAnonymous = 0x32;

    // MAP_PRIVATE, MAP_FIXED, with a file that the stub keeps.
    private const uint FixedPrivate = 0x12;

    // NORMAL, RANDOM, SEQUENTIAL, WILLNEED, DONTNEED, FREE, HUGEPAGE, NOHUGEPAGE, COLD, PAGEOUT: nothing that
    // changes what a fork inherits, since a child must not have its parent's thread area.
    private static ReadOnlySpan<uint> Advice => [0, 1, 2, 3, 4, 8, 14, 15, 20, 21];

    /// <summary>True when the filter lets the call through by itself.</summary>
    internal static bool Includes(in MemoryOrder order) => order.Number switch
    {
        SyscallNumber.munmap => true,
        SyscallNumber.mprotect => order.Arg2 <= Access,
        SyscallNumber.madvise => order.Arg2 <= uint.MaxValue && Advice.Contains((uint)order.Arg2),
        SyscallNumber.mmap => order.Arg2 <= Access && (order.Arg3 & ~(ulong)NoReserve) switch
        {
            FixedAnonymous => true,
            FixedPrivate => order.Arg4 < StubLayout.KeptFds,
            _ => false,
        },
        _ => false,
    };

    /// <summary>Adds the rules; a call that is none of these falls through.</summary>
    internal static void Emit(SeccompProgram p, SeccompLabel allow)
    {
        SeccompLabel other = p.NewLabel(), isMap = p.NewLabel(), isAdvice = p.NewLabel();
        p.JumpIfNumber(SyscallNumber.munmap, allow);
        p.JumpIfNumber(SyscallNumber.mmap, isMap);
        p.JumpIfNumber(SyscallNumber.madvise, isAdvice);
        p.Load(SeccompField.Number);
        p.JumpIf(SeccompTest.NotEqual, (uint)SyscallNumber.mprotect, other);
        UnlessAccess(p, other);
        p.Jump(allow);
        p.Mark(isAdvice);
        p.LoadHigh(SeccompField.Argument2);
        p.JumpIf(SeccompTest.NotEqual, 0, other);
        p.Load(SeccompField.Argument2);
        foreach (uint advice in Advice)
        {
            p.JumpIf(SeccompTest.Equal, advice, allow);
        }

        p.Jump(other);
        p.Mark(isMap);
        UnlessAccess(p, other);
        p.LoadHigh(SeccompField.Argument3);
        p.JumpIf(SeccompTest.NotEqual, 0, other);
        p.Load(SeccompField.Argument3);
        p.And(~NoReserve);
        p.JumpIf(SeccompTest.Equal, FixedAnonymous, allow);
        p.JumpIf(SeccompTest.NotEqual, FixedPrivate, other);
        p.LoadHigh(SeccompField.Argument4);
        p.JumpIf(SeccompTest.NotEqual, 0, other);
        p.Load(SeccompField.Argument4);
        p.JumpIf(SeccompTest.Less, StubLayout.KeptFds, allow);
        p.Mark(other);
    }

    private static void UnlessAccess(SeccompProgram p, SeccompLabel other)
    {
        p.LoadHigh(SeccompField.Argument2);
        p.JumpIf(SeccompTest.NotEqual, 0, other);
        p.Load(SeccompField.Argument2);
        p.JumpIf(SeccompTest.Greater, Access, other);
    }
}
