// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Seccomp;

/// <summary>struct sock_filter (linux/filter.h): one instruction of a classic BPF program.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct BpfInstruction
{
    public ushort Code;
    public byte IfTrue;
    public byte IfFalse;
    public uint K;
}
