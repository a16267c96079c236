// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi;

/// <summary>Flags of open(2) (include/uapi/asm-generic/fcntl.h).</summary>
[Flags]
public enum OpenFlags
{
    ReadOnly = 0,
    WriteOnly = 1,
    ReadWrite = 2,
    AccessMode = 3,
    Create = 0x40,
    Exclusive = 0x80,
    NoControllingTerminal = 0x100,
    Truncate = 0x200,
    Append = 0x400,
    NonBlock = 0x800,
    DataSync = 0x1000,
    Async = 0x2000,
    Direct = 0x4000,
    LargeFile = 0x8000,
    Directory = 0x10000,
    NoFollow = 0x20000,
    NoAccessTime = 0x40000,
    CloseOnExec = 0x80000,
    Sync = 0x101000,
    Path = 0x200000,
    TemporaryFile = 0x410000,

    /// <summary>Flags that act at open time and are not kept.</summary>
    CreationFlags = Create | Exclusive | NoControllingTerminal | Truncate | CloseOnExec,
}
