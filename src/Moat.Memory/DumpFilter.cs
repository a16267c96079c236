// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Memory;

/// <summary>Which kinds of mappings a core file holds: /proc/PID/coredump_filter (core(5)).</summary>
[Flags]
public enum DumpFilter : uint
{
    None = 0,
    AnonymousPrivate = 1,
    AnonymousShared = 1 << 1,
    FilePrivate = 1 << 2,
    FileShared = 1 << 3,
    ElfHeaders = 1 << 4,
    HugePrivate = 1 << 5,

    /// <summary>What processes start with.</summary>
    Default = AnonymousPrivate | AnonymousShared | ElfHeaders | HugePrivate,

    /// <summary>All bits that Linux knows.</summary>
    All = 0x1ff,
}
