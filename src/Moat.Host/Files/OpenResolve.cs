// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Host.Files;

/// <summary>RESOLVE_* of openat2(2).</summary>
[Flags]
public enum OpenResolve : ulong
{
    None = 0,
    NoCrossDevice = 1,
    NoMagicLinks = 2,
    NoSymlinks = 4,
    Beneath = 8,
    InRoot = 16,
    Cached = 32,
}
