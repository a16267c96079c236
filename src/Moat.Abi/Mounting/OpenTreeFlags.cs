// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Mounting;

/// <summary>Flags of open_tree(2) (include/uapi/linux/mount.h) and AT_* ones that it takes.</summary>
[Flags]
public enum OpenTreeFlags : uint
{
    [LinuxName("")] None = 0,
    [LinuxName("OPEN_TREE_CLONE")] Clone = 0x1,
    [LinuxName("AT_SYMLINK_NOFOLLOW")] SymlinkNoFollow = 0x100,
    [LinuxName("AT_NO_AUTOMOUNT")] NoAutomount = 0x800,
    [LinuxName("AT_EMPTY_PATH")] EmptyPath = 0x1000,
    [LinuxName("AT_RECURSIVE")] Recursive = 0x8000,
    [LinuxName("OPEN_TREE_CLOEXEC")] CloseOnExec = 0x80000,

    /// <summary>Every one of them.</summary>
    [LinuxName("")] All = Clone | SymlinkNoFollow | NoAutomount | EmptyPath | Recursive | CloseOnExec,
}
