// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Mman;

/// <summary>MADV_ values of madvise(2).</summary>
[LinuxPrefix("MADV_")]
public enum MemoryAdvice
{
    Normal = 0,
    Random = 1,
    Sequential = 2,
    WillNeed = 3,
    DontNeed = 4,
    Free = 8,
    Remove = 9,
    DontFork = 10,
    DoFork = 11,
    Mergeable = 12,
    Unmergeable = 13,
    HugePage = 14,
    NoHugePage = 15,
    DontDump = 16,
    DoDump = 17,
    WipeOnFork = 18,
    KeepOnFork = 19,
    Cold = 20,
    PageOut = 21,
    [LinuxName("MADV_POPULATE_READ")] PopulateRead = 22,
    [LinuxName("MADV_POPULATE_WRITE")] PopulateWrite = 23,
    [LinuxName("MADV_DONTNEED_LOCKED")] DontNeedLocked = 24,
    Collapse = 25,
    HwPoison = 100,
    [LinuxName("MADV_SOFT_OFFLINE")] SoftOffline = 101,
    [LinuxName("MADV_GUARD_INSTALL")] GuardInstall = 102,
    [LinuxName("MADV_GUARD_REMOVE")] GuardRemove = 103,
}
