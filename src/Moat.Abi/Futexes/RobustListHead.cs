// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;

namespace Moat.Abi.Futexes;

/// <summary>struct robust_list_head (include/uapi/linux/futex.h): the locks that a thread holds.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RobustListHead
{
    /// <summary>sizeof(struct robust_list_head).</summary>
    public const int Size = 24;

    /// <summary>The first entry, or the head's own address; bit 0 marks a PI futex.</summary>
    public ulong Next;

    /// <summary>From an entry to its futex word.</summary>
    public long FutexOffset;

    /// <summary>An entry about to be linked or unlinked; 0 for none.</summary>
    public ulong Pending;
}
