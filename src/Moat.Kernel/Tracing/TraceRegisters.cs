// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Tracing;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Platform;

namespace Moat.Kernel.Tracing;

/// <summary>A stopped tracee's registers as struct user_regs_struct and struct user have them.</summary>
public static class TraceRegisters
{
    /// <summary>sizeof(struct user_regs_struct).</summary>
    public const int Size = 27 * 8;

    private const ulong UserSize = 912;
    private const ulong DebugRegisters = 848;
    private const ulong CodeSegment = 0x33;
    private const ulong StackSegment = 0x2b;

    // What a tracer may set (arch/x86/kernel/ptrace.c, FLAG_MASK).
    private const ulong SettableFlags = 0x54dd5;

    /// <summary>PTRACE_GETREGS.</summary>
    public static UserRegisters Get(Task task)
    {
        ref GuestRegisters from = ref task.Registers;
        return new UserRegisters
        {
            R15 = from.R15, R14 = from.R14, R13 = from.R13, R12 = from.R12, Rbp = from.Rbp, Rbx = from.Rbx,
            R11 = from.R11, R10 = from.R10, R9 = from.R9, R8 = from.R8, Rax = from.Rax, Rcx = from.Rcx,
            Rdx = from.Rdx, Rsi = from.Rsi, Rdi = from.Rdi, OriginalRax = (ulong)task.CurrentCall,
            Rip = from.Rip, Cs = CodeSegment, Eflags = from.Eflags, Rsp = from.Rsp, Ss = StackSegment,
            FsBase = task.FsBase, GsBase = task.GsBase,
        };
    }

    /// <summary>PTRACE_SETREGS. EIO for bases outside of the guest's memory.</summary>
    public static Errno Set(TraceLink link, in UserRegisters to)
    {
        if (to.FsBase >= AddressSpaceLimits.Top || to.GsBase >= AddressSpaceLimits.Top)
        {
            return Errno.EIO;
        }

        Task task = link.Tracee;
        ref GuestRegisters into = ref task.Registers;
        ulong flags = (into.Eflags & ~SettableFlags) | (to.Eflags & SettableFlags);
        into.R15 = to.R15;
        into.R14 = to.R14;
        into.R13 = to.R13;
        into.R12 = to.R12;
        into.Rbp = to.Rbp;
        into.Rbx = to.Rbx;
        into.R11 = to.R11;
        into.R10 = to.R10;
        into.R9 = to.R9;
        into.R8 = to.R8;
        into.Rax = to.Rax;
        into.Rcx = to.Rcx;
        into.Rdx = to.Rdx;
        into.Rsi = to.Rsi;
        into.Rdi = to.Rdi;
        into.Rip = to.Rip;
        into.Rsp = to.Rsp;
        into.Eflags = flags;
        task.CurrentCall = (long)to.OriginalRax;
        SetBases(task, in to);
        link.HasNewRegisters = true;
        return Errno.Success;
    }

    /// <summary>PTRACE_PEEKUSER: a word of struct user.</summary>
    public static Errno Peek(TraceLink link, ulong offset, out ulong value)
    {
        value = 0;
        if ((offset & 7) != 0 || offset > UserSize - 8)
        {
            return Errno.EIO;
        }

        if (offset < Size)
        {
            UserRegisters all = Get(link.Tracee);
            value = Words(ref all)[(int)(offset / 8)];
        }
        else if (offset >= DebugRegisters)
        {
            value = link.DebugRegisters[(int)((offset - DebugRegisters) / 8)];
        }

        return Errno.Success;
    }

    /// <summary>PTRACE_POKEUSER. There are no hardware breakpoints to be had: EIO for what asks for one.
    /// </summary>
    public static Errno Poke(TraceLink link, ulong offset, ulong value)
    {
        if ((offset & 7) != 0 || offset > UserSize - 8)
        {
            return Errno.EIO;
        }

        if (offset < Size)
        {
            UserRegisters all = Get(link.Tracee);
            Words(ref all)[(int)(offset / 8)] = value;
            return Set(link, in all);
        }

        int register = (int)((long)(offset - DebugRegisters) / 8);
        bool isPlain = offset >= DebugRegisters && register is not (4 or 5)
            && (register != 7 || value == 0) && (register > 3 || value < AddressSpaceLimits.Top);
        if (!isPlain)
        {
            return Errno.EIO;
        }

        link.DebugRegisters[register] = value;
        return Errno.Success;
    }

    private static void SetBases(Task task, in UserRegisters to)
    {
        if (task.FsBase != to.FsBase)
        {
            task.FsBase = to.FsBase;
        }

        if (task.GsBase != to.GsBase)
        {
            task.GsBase = to.GsBase;
        }
    }

    private static Span<ulong> Words(ref UserRegisters registers) =>
        MemoryMarshal.Cast<UserRegisters, ulong>(new Span<UserRegisters>(ref registers));
}
