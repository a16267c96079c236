// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Statfs;

/// <summary>ST_ bits of f_flags (statfs(2)); Valid is the kernel's own.</summary>
[Flags]
[LinuxPrefix("ST_")]
public enum StatfsFlags : long
{
    [LinuxName("")] None = 0,
    [LinuxName("ST_RDONLY")] ReadOnly = 0x1,
    NoSuid = 0x2,
    [LinuxName("ST_NODEV")] NoDevices = 0x4,
    NoExec = 0x8,
    [LinuxName("ST_SYNCHRONOUS")] Synchronous = 0x10,

    /// <summary>ST_VALID: f_flags is filled at all (include/linux/statfs.h).</summary>
    [LinuxName("")] Valid = 0x20,
    [LinuxName("ST_MANDLOCK")] MandatoryLocks = 0x40,
    [LinuxName("ST_NOATIME")] NoAccessTime = 0x400,
    [LinuxName("ST_NODIRATIME")] NoDirectoryAccessTime = 0x800,
    [LinuxName("ST_RELATIME")] RelativeAccessTime = 0x1000,
}
