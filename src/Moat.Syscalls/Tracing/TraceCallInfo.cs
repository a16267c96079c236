// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi.Seccomp;
using Moat.Abi.Tracing;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Tracing;

namespace Moat.Syscalls.Tracing;

/// <summary>PTRACE_GET_SYSCALL_INFO: struct ptrace_syscall_info.</summary>
internal static class TraceCallInfo
{
    private const int Size = 88;
    private const int HeadSize = 24;
    private const int EntrySize = 80;
    private const int ExitSize = 33;
    private const int SeccompSize = 84;
    private const int IsError = 32;

    internal static SysResult Get(Task task, Task target, ulong room, ulong data)
    {
        Span<byte> info = stackalloc byte[Size];
        info.Clear();
        int size;
        using (TraceHold.Take(task, target, out TraceLink? link))
        {
            if (link is null)
            {
                return Abi.Errno.ESRCH;
            }

            size = Fill(link, info);
        }

        Abi.Errno error = task.Memory.Write(data, info[..(int)Math.Min(room, (ulong)size)]);
        return error == Abi.Errno.Success ? size : error;
    }

    private static int Fill(TraceLink link, Span<byte> info)
    {
        UserRegisters registers = TraceRegisters.Get(link.Tracee);
        info[0] = (byte)link.Phase;
        MemoryMarshal.Write(info[4..], SeccompData.ArchitectureX64);
        MemoryMarshal.Write(info[8..], registers.Rip);
        MemoryMarshal.Write(info[16..], registers.Rsp);
        switch (link.Phase)
        {
            case CallPhase.Exit:
                long value = (long)registers.Rax;
                MemoryMarshal.Write(info[HeadSize..], value);
                info[IsError] = value is < 0 and >= -4095 ? (byte)1 : (byte)0;
                return ExitSize;
            case CallPhase.None:
                return HeadSize;
        }

        ReadOnlySpan<ulong> call =
        [
            registers.OriginalRax, registers.Rdi, registers.Rsi, registers.Rdx, registers.R10, registers.R8,
            registers.R9,
        ];
        MemoryMarshal.AsBytes(call).CopyTo(info[HeadSize..]);
        MemoryMarshal.Write(info[EntrySize..], link.Phase == CallPhase.Seccomp ? (uint)link.Message : 0);
        return link.Phase == CallPhase.Seccomp ? SeccompSize : EntrySize;
    }
}
