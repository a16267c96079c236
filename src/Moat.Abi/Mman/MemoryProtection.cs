// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mman;

/// <summary>PROT_ flags of mmap(2) and mprotect(2).</summary>
[Flags]
[LinuxPrefix("PROT_")]
public enum MemoryProtection : ulong
{
    [LinuxName("")] None = 0,
    Read = 1,
    Write = 2,
    [LinuxName("PROT_EXEC")] Execute = 4,
    [LinuxName("PROT_SEM")] Atomic = 8,
    GrowsDown = 0x01000000,
    GrowsUp = 0x02000000,

    /// <summary>The part that a mapping has; the rest steers the call.</summary>
    [LinuxName("")] Access = Read | Write | Execute,
}
