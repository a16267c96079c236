// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi;

/// <summary>AT_* flags of the *at calls (include/uapi/linux/fcntl.h).</summary>
[Flags]
[LinuxPrefix("AT_")]
public enum AtFlags
{
    [LinuxName("")] None = 0,
    [LinuxName("AT_SYMLINK_NOFOLLOW")] SymlinkNoFollow = 0x100,

    /// <summary>AT_REMOVEDIR of unlinkat, AT_EACCESS of faccessat2.</summary>
    [LinuxName("AT_REMOVEDIR")] RemoveDirectoryOrEffectiveAccess = 0x200,
    [LinuxName("AT_SYMLINK_FOLLOW")] SymlinkFollow = 0x400,
    [LinuxName("AT_NO_AUTOMOUNT")] NoAutomount = 0x800,
    [LinuxName("AT_EMPTY_PATH")] EmptyPath = 0x1000,
    [LinuxName("AT_STATX_FORCE_SYNC")] StatxForceSync = 0x2000,
    [LinuxName("AT_STATX_DONT_SYNC")] StatxDontSync = 0x4000,
    [LinuxName("")] StatxSyncMask = 0x6000,
}
