// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Locks;

/// <summary>Who waits for a lock of a file.</summary>
/// <remarks>Locks: that of the <see cref="FileLocks"/> it waits at.</remarks>
public sealed class LockWaiter(ListedLock wanted)
{
    /// <summary>What it waits for.</summary>
    public ListedLock Wanted { get; } = wanted;

    /// <summary>The owner of the lock that was in its way when it last tried; null before it waits.</summary>
    public object? BlockedBy { get; internal set; }
}
