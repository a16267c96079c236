// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mounting;

/// <summary>Flags of fspick(2).</summary>
[Flags]
[LinuxPrefix("FSPICK_")]
public enum FsPickFlags : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("FSPICK_CLOEXEC")] CloseOnExec = 0x1,
    [LinuxName("FSPICK_SYMLINK_NOFOLLOW")] SymlinkNoFollow = 0x2,
    [LinuxName("FSPICK_NO_AUTOMOUNT")] NoAutomount = 0x4,
    [LinuxName("FSPICK_EMPTY_PATH")] EmptyPath = 0x8,

    /// <summary>Every one of them.</summary>
    [LinuxName("")] All = CloseOnExec | SymlinkNoFollow | NoAutomount | EmptyPath,
}
