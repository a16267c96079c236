// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Memory;

/// <summary>Properties of a mapping beside its protection (VM_ flags of Linux).</summary>
[Flags]
public enum VmaFlags : uint
{
    None = 0,

    /// <summary>MAP_SHARED: writes reach the object.</summary>
    Shared = 1,
    GrowsDown = 1 << 1,
    NoReserve = 1 << 2,
    Locked = 1 << 3,
    LockOnFault = 1 << 4,

    /// <summary>MADV_DONTFORK: a forked child does not have it.</summary>
    DontFork = 1 << 5,

    /// <summary>MADV_WIPEONFORK: a forked child finds zeros.</summary>
    WipeOnFork = 1 << 6,
    DontDump = 1 << 7,
    HugePage = 1 << 8,
    NoHugePage = 1 << 9,
    Mergeable = 1 << 10,
    RandomRead = 1 << 11,
    SequentialRead = 1 << 12,

    /// <summary>
    /// Private and writable at some time (VM_ACCOUNT): Linux keeps such a mapping apart from others.
    /// </summary>
    Accounted = 1 << 13,
}
