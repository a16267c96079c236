// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi;

/// <summary>MS_* flags of mount(2) (include/uapi/linux/mount.h).</summary>
[Flags]
[LinuxPrefix("MS_")]
public enum MountFlags : ulong
{
    [LinuxName("")] None = 0,
    [LinuxName("MS_RDONLY")] ReadOnly = 0x1,
    [LinuxName("MS_NOSUID")] NoSetUid = 0x2,
    [LinuxName("MS_NODEV")] NoDevices = 0x4,
    [LinuxName("MS_NOEXEC")] NoExecute = 0x8,
    Synchronous = 0x10,
    Remount = 0x20,
    [LinuxName("MS_MANDLOCK")] MandatoryLock = 0x40,
    [LinuxName("MS_DIRSYNC")] DirectorySync = 0x80,
    [LinuxName("MS_NOSYMFOLLOW")] NoSymlinkFollow = 0x100,
    [LinuxName("MS_NOATIME")] NoAccessTime = 0x400,
    [LinuxName("MS_NODIRATIME")] NoDirectoryAccessTime = 0x800,
    Bind = 0x1000,
    Move = 0x2000,
    [LinuxName("MS_REC")] Recursive = 0x4000,
    Silent = 0x8000,
    PosixAcl = 0x10000,
    Unbindable = 0x20000,
    Private = 0x40000,
    Slave = 0x80000,
    Shared = 0x100000,
    [LinuxName("MS_RELATIME")] RelativeAccessTime = 0x200000,
    [LinuxName("MS_STRICTATIME")] StrictAccessTime = 0x1000000,
    LazyTime = 0x2000000,

    /// <summary>What belongs to one mount rather than to the file system.</summary>
    [LinuxName("")] PerMount = ReadOnly | NoSetUid | NoDevices | NoExecute | NoAccessTime
        | NoDirectoryAccessTime
        | RelativeAccessTime | NoSymlinkFollow,
}
