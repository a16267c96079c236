// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Abi;

/// <summary>RESOLVE_* flags of openat2(2).</summary>
[Flags]
public enum ResolveFlags : ulong
{
    None = 0,
    NoCrossDevice = 0x1,
    NoMagicLinks = 0x2,
    NoSymlinks = 0x4,
    Beneath = 0x8,
    InRoot = 0x10,
    Cached = 0x20,
    All = 0x3f,
}
