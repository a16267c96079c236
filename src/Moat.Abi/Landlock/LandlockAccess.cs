// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Landlock;

/// <summary>What Landlock can deny (landlock(7)): the rights of its third ABI.</summary>
[Flags]
[LinuxPrefix("LANDLOCK_ACCESS_FS_")]
public enum LandlockAccess : ulong
{
    [LinuxName("")] None = 0,
    Execute = 1 << 0,
    [LinuxName("LANDLOCK_ACCESS_FS_WRITE_FILE")] WriteFile = 1 << 1,
    [LinuxName("LANDLOCK_ACCESS_FS_READ_FILE")] ReadFile = 1 << 2,
    [LinuxName("LANDLOCK_ACCESS_FS_READ_DIR")] ReadDirectory = 1 << 3,
    [LinuxName("LANDLOCK_ACCESS_FS_REMOVE_DIR")] RemoveDirectory = 1 << 4,
    [LinuxName("LANDLOCK_ACCESS_FS_REMOVE_FILE")] RemoveFile = 1 << 5,
    [LinuxName("LANDLOCK_ACCESS_FS_MAKE_CHAR")] MakeCharacterDevice = 1 << 6,
    [LinuxName("LANDLOCK_ACCESS_FS_MAKE_DIR")] MakeDirectory = 1 << 7,
    [LinuxName("LANDLOCK_ACCESS_FS_MAKE_REG")] MakeRegular = 1 << 8,
    [LinuxName("LANDLOCK_ACCESS_FS_MAKE_SOCK")] MakeSocket = 1 << 9,
    [LinuxName("LANDLOCK_ACCESS_FS_MAKE_FIFO")] MakeFifo = 1 << 10,
    [LinuxName("LANDLOCK_ACCESS_FS_MAKE_BLOCK")] MakeBlockDevice = 1 << 11,
    [LinuxName("LANDLOCK_ACCESS_FS_MAKE_SYM")] MakeSymlink = 1 << 12,
    Refer = 1 << 13,
    Truncate = 1 << 14,

    /// <summary>Every one of them.</summary>
    [LinuxName("")] All = (1 << 15) - 1,

    /// <summary>Those that a file can have; the others are of directories and what is in them.</summary>
    [LinuxName("")] OfFiles = Execute | WriteFile | ReadFile | Truncate,
}
