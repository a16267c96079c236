// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi;

/// <summary>MS_* flags of mount(2) (include/uapi/linux/mount.h).</summary>
[Flags]
public enum MountFlags : ulong
{
    None = 0,
    ReadOnly = 0x1,
    NoSetUid = 0x2,
    NoDevices = 0x4,
    NoExecute = 0x8,
    Synchronous = 0x10,
    Remount = 0x20,
    MandatoryLock = 0x40,
    DirectorySync = 0x80,
    NoSymlinkFollow = 0x100,
    NoAccessTime = 0x400,
    NoDirectoryAccessTime = 0x800,
    Bind = 0x1000,
    Move = 0x2000,
    Recursive = 0x4000,
    Silent = 0x8000,
    PosixAcl = 0x10000,
    Unbindable = 0x20000,
    Private = 0x40000,
    Slave = 0x80000,
    Shared = 0x100000,
    RelativeAccessTime = 0x200000,
    StrictAccessTime = 0x1000000,
    LazyTime = 0x2000000,

    /// <summary>What belongs to one mount rather than to the file system.</summary>
    PerMount = ReadOnly | NoSetUid | NoDevices | NoExecute | NoAccessTime | NoDirectoryAccessTime
        | RelativeAccessTime | NoSymlinkFollow,
}
