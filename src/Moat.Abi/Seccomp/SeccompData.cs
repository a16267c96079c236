// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Seccomp;

/// <summary>struct seccomp_data (linux/seccomp.h): what filters see of a call.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct SeccompData
{
    /// <summary>AUDIT_ARCH_X86_64.</summary>
    public const uint ArchitectureX64 = 0xc000003e;

    /// <summary>AUDIT_ARCH_I386: int 0x80.</summary>
    public const uint ArchitectureX86 = 0x40000003;

    public int Number;
    public uint Architecture;

    /// <summary>Behind the call's instruction.</summary>
    public ulong InstructionPointer;
    public ulong A0;
    public ulong A1;
    public ulong A2;
    public ulong A3;
    public ulong A4;
    public ulong A5;
}
