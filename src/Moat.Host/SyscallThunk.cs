// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Iced.Intel;
using Moat.Host.Code;
using static Iced.Intel.AssemblerRegisters;

namespace Moat.Host;

/// <summary>
/// Machine code of the host calls: a bare <c>syscall</c> without libc, errno or thread-local state.
/// </summary>
internal static unsafe partial class SyscallThunk
{
    internal const string CallName = "syscall";
    internal const string CurrentCpuName = "current-cpu";
    internal const string CurrentCpuOldName = "current-cpu-lsl";
    internal const string TimeStampName = "time-stamp";
    private const int ProtReadExecute = 5;
    private const int ProtReadWrite = 3;
    private const int MapPrivateAnonymous = 0x22;

    /// <summary>
    /// number, six arguments; returns rax. Lets the garbage collector run meanwhile: for calls that may
    /// block.
    /// </summary>
    internal static readonly delegate* unmanaged<long, ulong, ulong, ulong, ulong, ulong, ulong, long> Call;

    /// <summary>The CPU that the calling thread runs on.</summary>
    internal static readonly delegate* unmanaged[SuppressGCTransition]<uint> CurrentCpu;

    /// <summary>The CPU's time stamp counter.</summary>
    internal static readonly delegate* unmanaged[SuppressGCTransition]<ulong> TimeStamp;

    static SyscallThunk()
    {
        byte* code = (byte*)mmap(null, 4096, ProtReadWrite, MapPrivateAnonymous, -1, 0);
        if ((nint)code == -1)
        {
            throw new OutOfMemoryException("no memory for the system call thunk");
        }

        // SAFETY: all routines are far shorter than 256 bytes, which the spans check.
        MachineCode.Get(CallName, BuildCall).CopyTo(new Span<byte>(code, 256));
        ReadOnlySpan<byte> currentCpu = Cpu.HasRdpid
            ? MachineCode.Get(CurrentCpuName, BuildCurrentCpu)
            : MachineCode.Get(CurrentCpuOldName, BuildCurrentCpuOld);
        currentCpu.CopyTo(new Span<byte>(code + 256, 256));
        MachineCode.Get(TimeStampName, BuildTimeStamp).CopyTo(new Span<byte>(code + 512, 256));
        // SAFETY: the page was just mapped by us and holds complete code before it becomes executable.
        if (mprotect(code, 4096, ProtReadExecute) != 0)
        {
            throw new InvalidOperationException("the host forbids executable memory");
        }

        Call = (delegate* unmanaged<long, ulong, ulong, ulong, ulong, ulong, ulong, long>)code;
        CurrentCpu = (delegate* unmanaged[SuppressGCTransition]<uint>)(code + 256);
        TimeStamp = (delegate* unmanaged[SuppressGCTransition]<ulong>)(code + 512);
    }

    internal static void BuildCall(Assembler a)
    {
        a.mov(rax, rdi);
        a.mov(rdi, rsi);
        a.mov(rsi, rdx);
        a.mov(rdx, rcx);
        a.mov(r10, r8);
        a.mov(r8, r9);
        a.mov(r9, __[rsp + 8]);
        a.syscall();
        a.ret();
    }

    // Linux keeps (node << 12 | cpu) in TSC_AUX and in the limit of a segment (vdso_read_cpunode); a
    // hypervisor may have its own numbers in the first where it does not offer rdpid.
    internal static void BuildCurrentCpu(Assembler a)
    {
        a.rdpid(rax);
        a.and(eax, 0xfff);
        a.ret();
    }

    internal static void BuildCurrentCpuOld(Assembler a)
    {
        const int CpuNodeSegment = 0x7b;
        a.mov(eax, CpuNodeSegment);
        a.lsl(eax, eax);
        a.and(eax, 0xfff);
        a.ret();
    }

    internal static void BuildTimeStamp(Assembler a)
    {
        a.rdtsc();
        a.shl(rdx, 32);
        a.or(rax, rdx);
        a.ret();
    }

    [LibraryImport("libc")]
    private static partial void* mmap(void* address, nuint length, int prot, int flags, int fd, long offset);

    [LibraryImport("libc")]
    private static partial int mprotect(void* address, nuint length, int prot);
}
