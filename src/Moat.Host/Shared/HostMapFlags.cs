// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Host.Shared;

/// <summary>MAP_* of mmap(2), x86-64.</summary>
[Flags]
public enum HostMapFlags : uint
{
    None = 0,
    Shared = 1,
    Private = 2,
    Fixed = 0x10,
    Anonymous = 0x20,
    NoReserve = 0x4000,
    Populate = 0x8000,
    FixedNoReplace = 0x100000,
}
