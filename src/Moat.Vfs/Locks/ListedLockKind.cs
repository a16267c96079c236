// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Locks;

/// <summary>The kinds that /proc/locks tells apart.</summary>
public enum ListedLockKind
{
    Flock,
    Posix,

    /// <summary>A record lock of an open file.</summary>
    OpenFile,
    Lease,
    BreakingLease,

    /// <summary>Who waits for a lease.</summary>
    LeaseBreaker,
}
