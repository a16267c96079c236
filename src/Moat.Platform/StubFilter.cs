// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Host.Seccomp;

namespace Moat.Platform;

/// <summary>
/// The seccomp filter of a stub: by address of the instruction first, then by number and arguments.
/// </summary>
internal static class StubFilter
{
    private static readonly SyscallNumber[] s_ordered =
    [
        SyscallNumber.mmap, SyscallNumber.munmap, SyscallNumber.mprotect, SyscallNumber.mremap,
        SyscallNumber.madvise,
        SyscallNumber.msync, SyscallNumber.mlock, SyscallNumber.mlock2, SyscallNumber.munlock,
        SyscallNumber.exit,
        SyscallNumber.mincore, SyscallNumber.membarrier, SyscallNumber.clock_gettime,
    ];

    /// <summary>
    /// Builds it. Guest code traps, the stub's own instructions may do what is theirs, all else is fatal.
    /// </summary>
    internal static SockFilter[] Build(StubCallSites sites, MemoryCalls profile)
    {
        var p = new SeccompProgram();
        SeccompLabel trap = p.NewLabel(), notify = p.NewLabel(), allow = p.NewLabel(), kill = p.NewLabel();
        p.Load(SeccompField.Architecture);
        p.JumpIf(SeccompTest.NotEqual, SeccompProgram.ArchitectureX64, trap);
        p.Load(SeccompField.InstructionPointerHigh);
        p.JumpIf(SeccompTest.NotEqual, (uint)(StubLayout.CodeBase >> 32), trap);
        Site(p, sites.Sigreturn, kill, site => p.JumpIfNumber(SyscallNumber.rt_sigreturn, allow));
        Site(p, sites.FutexWait, kill, site => Futex(p, 0, allow, kill));
        Site(p, sites.FutexWake, kill, site => Futex(p, 1, allow, kill));
        Site(p, sites.Order, kill, site =>
        {
            if (profile == MemoryCalls.Direct)
            {
                DirectCalls.Emit(p, allow);
            }

            foreach (SyscallNumber number in s_ordered)
            {
                p.JumpIfNumber(number, notify);
            }

            SegmentBase(p, allow);
            CloseOwnDescriptor(p, allow, kill);
        });
        Site(p, sites.CloneCall, kill, site => p.JumpIfNumber(SyscallNumber.clone, notify));
        Site(p, sites.Hello, kill, site =>
        {
            p.JumpIfNumber(SyscallNumber.mmap, notify);
            p.JumpIfNumber(SyscallNumber.madvise, notify);
        });
        p.Jump(trap);
        p.Mark(notify);
        p.Return(SeccompAction.UserNotify);
        p.Mark(allow);
        p.Return(SeccompAction.Allow);
        p.Mark(kill);
        p.Return(SeccompAction.KillProcess);
        p.Mark(trap);
        p.Return(SeccompAction.Trap);
        return p.Build();
    }

    // Only the low word is compared: the high word was checked for all sites.
    private static void Site(SeccompProgram p, ulong address, SeccompLabel kill, Action<ulong> body)
    {
        SeccompLabel next = p.NewLabel();
        p.Load(SeccompField.InstructionPointerLow);
        p.JumpIf(SeccompTest.NotEqual, (uint)address, next);
        body(address);
        p.Jump(kill);
        p.Mark(next);
    }

    private static void Futex(SeccompProgram p, uint operation, SeccompLabel allow, SeccompLabel kill)
    {
        p.Load(SeccompField.Number);
        p.JumpIf(SeccompTest.NotEqual, (uint)SyscallNumber.futex, kill);
        p.LoadHigh(SeccompField.Argument0);
        p.JumpIf(SeccompTest.NotEqual, (uint)(StubLayout.AreaBase >> 32), kill);
        p.Load(SeccompField.Argument0);
        p.JumpIf(SeccompTest.Less, unchecked((uint)StubLayout.AreaBase), kill);
        p.JumpIf(SeccompTest.GreaterOrEqual, unchecked((uint)StubLayout.AreaEnd), kill);
        p.Load(SeccompField.Argument1);
        p.JumpIf(SeccompTest.Equal, operation, allow);
    }

    // Where the host has no FSGSBASE; a thread's own bases are the guest's to choose.
    private static void SegmentBase(SeccompProgram p, SeccompLabel allow)
    {
        SeccompLabel other = p.NewLabel();
        p.Load(SeccompField.Number);
        p.JumpIf(SeccompTest.NotEqual, (uint)SyscallNumber.arch_prctl, other);
        p.Load(SeccompField.Argument0);
        p.JumpIf(SeccompTest.Equal, (uint)StubLayout.SetGs, allow);
        p.JumpIf(SeccompTest.Equal, (uint)StubLayout.SetFs, allow);
        p.Mark(other);
    }

    // Descriptors in a stub are those it keeps, and those installed for a mapping, numbered by slot.
    private static void CloseOwnDescriptor(SeccompProgram p, SeccompLabel allow, SeccompLabel kill)
    {
        p.Load(SeccompField.Number);
        p.JumpIf(SeccompTest.NotEqual, (uint)SyscallNumber.close, kill);
        p.LoadHigh(SeccompField.Argument0);
        p.JumpIf(SeccompTest.NotEqual, 0, kill);
        p.Load(SeccompField.Argument0);
        p.JumpIf(SeccompTest.Less, StubLayout.FdEnd, allow);
    }
}
