// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi.Stat;

/// <summary>STATX_ATTR_ bits of stx_attributes.</summary>
[Flags]
[LinuxPrefix("STATX_ATTR_")]
public enum StatxAttributes : ulong
{
    [LinuxName("")] None = 0,
    Compressed = 0x4,
    Immutable = 0x10,
    Append = 0x20,
    [LinuxName("STATX_ATTR_NODUMP")] NoDump = 0x40,
    Encrypted = 0x800,
    [LinuxName("STATX_ATTR_AUTOMOUNT")] AutoMount = 0x1000,
    [LinuxName("STATX_ATTR_MOUNT_ROOT")] MountRoot = 0x2000,
}
