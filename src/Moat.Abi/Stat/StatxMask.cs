// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Stat;

/// <summary>STATX_ mask: which fields are asked for or filled (statx(2)).</summary>
[Flags]
[LinuxPrefix("STATX_")]
public enum StatxMask : uint
{
    [LinuxName("")] None = 0,
    Type = 0x1,
    Mode = 0x2,
    [LinuxName("STATX_NLINK")] LinkCount = 0x4,
    Uid = 0x8,
    Gid = 0x10,
    [LinuxName("STATX_ATIME")] AccessTime = 0x20,
    [LinuxName("STATX_MTIME")] ModifyTime = 0x40,
    [LinuxName("STATX_CTIME")] ChangeTime = 0x80,
    [LinuxName("STATX_INO")] InodeNumber = 0x100,
    Size = 0x200,
    Blocks = 0x400,
    [LinuxName("STATX_BASIC_STATS")] BasicStats = 0x7ff,
    [LinuxName("STATX_BTIME")] BirthTime = 0x800,
    [LinuxName("STATX_MNT_ID")] MountId = 0x1000,
    [LinuxName("STATX_MNT_ID_UNIQUE")] UniqueMountId = 0x4000,
    [LinuxName("STATX__RESERVED")] Reserved = 0x80000000,
}
