// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Futexes;

/// <summary>struct futex_waitv (include/uapi/linux/futex.h): one of several words to wait for.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct FutexWaitEntry
{
    public ulong Value;
    public ulong Address;
    public FutexFlags Flags;
    public uint Reserved;
}
