// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Platform;

/// <summary>The registers that the fast path saves, as they lie in the thread area.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FastFrame
{
    internal ulong Rdi;
    internal ulong Rsi;
    internal ulong Rdx;
    internal ulong R10;
    internal ulong R8;
    internal ulong R9;
    internal ulong Rax;
    internal ulong R12;
    internal ulong R13;
    internal ulong R14;
    internal ulong R15;
    internal ulong Rbp;
    internal ulong Rbx;
    internal ulong Rsp;
    internal ulong Rip;
    internal ulong Eflags;

    private const ulong TrapFlag = 0x100;

    /// <summary>What the fast path is to go on with; rcx and r11 it loses.</summary>
    internal FastFrame(in GuestRegisters registers)
    {
        Rdi = registers.Rdi;
        Rsi = registers.Rsi;
        Rdx = registers.Rdx;
        R10 = registers.R10;
        R8 = registers.R8;
        R9 = registers.R9;
        Rax = registers.Rax;
        R12 = registers.R12;
        R13 = registers.R13;
        R14 = registers.R14;
        R15 = registers.R15;
        Rbp = registers.Rbp;
        Rbx = registers.Rbx;
        Rsp = registers.Rsp;
        Rip = registers.Rip;
        Eflags = registers.Eflags;
    }

    /// <summary>
    /// False for what only a whole frame can do: a step, or a jump to where the jump itself would fault.
    /// </summary>
    internal static bool CanHold(in GuestRegisters registers) =>
        registers.Rip < StubLayout.GuestTop && (registers.Eflags & TrapFlag) == 0;

    internal const int RaxOffset = 48;
    internal const int RbxOffset = 96;
    internal const int RspOffset = 104;
    internal const int RipOffset = 112;
    internal const int EflagsOffset = 120;
}
