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

    internal const int RaxOffset = 48;
    internal const int RbxOffset = 96;
    internal const int RspOffset = 104;
    internal const int RipOffset = 112;
    internal const int EflagsOffset = 120;
}
