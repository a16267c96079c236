// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mman;

/// <summary>PROT_ flags of mmap(2) and mprotect(2).</summary>
[Flags]
public enum MemoryProtection : ulong
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,
    Atomic = 8,
    GrowsDown = 0x01000000,
    GrowsUp = 0x02000000,

    /// <summary>The part that a mapping has; the rest steers the call.</summary>
    Access = Read | Write | Execute,
}
