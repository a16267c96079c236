// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mman;

/// <summary>MAP_ flags of mmap(2).</summary>
[Flags]
[LinuxPrefix("MAP_")]
public enum MapFlags : ulong
{
    [LinuxName("")] None = 0,
    Shared = 1,
    Private = 2,
    [LinuxName("MAP_SHARED_VALIDATE")] SharedValidate = 3,
    Droppable = 8,
    [LinuxName("")] TypeMask = 0xf,
    Fixed = 0x10,
    Anonymous = 0x20,
    [LinuxName("MAP_32BIT")] Map32Bit = 0x40,
    GrowsDown = 0x100,
    DenyWrite = 0x800,
    Executable = 0x1000,
    Locked = 0x2000,
    NoReserve = 0x4000,
    Populate = 0x8000,
    NonBlock = 0x10000,
    Stack = 0x20000,
    HugeTlb = 0x40000,
    Sync = 0x80000,
    [LinuxName("MAP_FIXED_NOREPLACE")] FixedNoReplace = 0x100000,

    /// <summary>
    /// What MAP_SHARED_VALIDATE accepts of a file that knows no flags of its own (LEGACY_MAP_MASK).
    /// </summary>
    [LinuxName("")] LegacyMask = Shared | Private | Fixed | Anonymous | DenyWrite | Executable | GrowsDown
        | Locked | NoReserve
        | Populate | NonBlock | Stack | HugeTlb | Map32Bit | (0x3fUL << 26),
}
