// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Seccomp;

/// <summary>struct sock_fprog (linux/filter.h): where a program's instructions lie.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct BpfProgramHeader
{
    [FieldOffset(0)]
    public ushort Length;
    [FieldOffset(8)]
    public ulong Instructions;
}
