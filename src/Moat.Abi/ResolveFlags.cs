// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi;

/// <summary>RESOLVE_* flags of openat2(2).</summary>
[Flags]
[LinuxPrefix("RESOLVE_")]
public enum ResolveFlags : ulong
{
    [LinuxName("")] None = 0,
    [LinuxName("RESOLVE_NO_XDEV")] NoCrossDevice = 0x1,
    [LinuxName("RESOLVE_NO_MAGICLINKS")] NoMagicLinks = 0x2,
    [LinuxName("RESOLVE_NO_SYMLINKS")] NoSymlinks = 0x4,
    Beneath = 0x8,
    [LinuxName("RESOLVE_IN_ROOT")] InRoot = 0x10,
    Cached = 0x20,
    [LinuxName("")] All = 0x3f,
}
