// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Fcntl;

/// <summary>FALLOC_FL_ modes of fallocate(2).</summary>
[Flags]
[LinuxPrefix("FALLOC_FL_")]
public enum FallocateFlags
{
    [LinuxName("")] None = 0,
    [LinuxName("FALLOC_FL_KEEP_SIZE")] KeepSize = 1,
    [LinuxName("FALLOC_FL_PUNCH_HOLE")] PunchHole = 2,
    [LinuxName("FALLOC_FL_COLLAPSE_RANGE")] CollapseRange = 8,
    [LinuxName("FALLOC_FL_ZERO_RANGE")] ZeroRange = 0x10,
    [LinuxName("FALLOC_FL_INSERT_RANGE")] InsertRange = 0x20,
    [LinuxName("FALLOC_FL_UNSHARE_RANGE")] UnshareRange = 0x40,
}
