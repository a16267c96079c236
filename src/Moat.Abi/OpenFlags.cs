// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi;

/// <summary>Flags of open(2) (include/uapi/asm-generic/fcntl.h).</summary>
[Flags]
[LinuxPrefix("O_")]
public enum OpenFlags
{
    [LinuxName("O_RDONLY")] ReadOnly = 0,
    [LinuxName("O_WRONLY")] WriteOnly = 1,
    [LinuxName("O_RDWR")] ReadWrite = 2,
    [LinuxName("O_ACCMODE")] AccessMode = 3,
    [LinuxName("O_CREAT")] Create = 0x40,
    [LinuxName("O_EXCL")] Exclusive = 0x80,
    [LinuxName("O_NOCTTY")] NoControllingTerminal = 0x100,
    [LinuxName("O_TRUNC")] Truncate = 0x200,
    Append = 0x400,
    NonBlock = 0x800,
    [LinuxName("O_DSYNC")] DataSync = 0x1000,
    Async = 0x2000,
    Direct = 0x4000,
    [LinuxName("")] LargeFile = 0x8000,
    Directory = 0x10000,
    NoFollow = 0x20000,
    [LinuxName("O_NOATIME")] NoAccessTime = 0x40000,
    [LinuxName("O_CLOEXEC")] CloseOnExec = 0x80000,
    Sync = 0x101000,
    Path = 0x200000,
    [LinuxName("O_TMPFILE")] TemporaryFile = 0x410000,

    /// <summary>Flags that act at open time and are not kept.</summary>
    [LinuxName("")] CreationFlags = Create | Exclusive | NoControllingTerminal | Truncate | CloseOnExec,
}
