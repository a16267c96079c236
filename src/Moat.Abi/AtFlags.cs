// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi;

/// <summary>AT_* flags of the *at calls (include/uapi/linux/fcntl.h).</summary>
[Flags]
public enum AtFlags
{
    None = 0,
    SymlinkNoFollow = 0x100,

    /// <summary>AT_REMOVEDIR of unlinkat, AT_EACCESS of faccessat2.</summary>
    RemoveDirectoryOrEffectiveAccess = 0x200,
    SymlinkFollow = 0x400,
    NoAutomount = 0x800,
    EmptyPath = 0x1000,
    StatxForceSync = 0x2000,
    StatxDontSync = 0x4000,
    StatxSyncMask = 0x6000,
}
