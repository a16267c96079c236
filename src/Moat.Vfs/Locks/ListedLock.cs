// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Locks;

/// <summary>A lock, or who waits for one, as /proc/locks shows it (proc_locks(5)).</summary>
/// <param name="Kind">What kind of lock.</param>
/// <param name="Mode">Shared, exclusive, or (for a lease that is to end) none.</param>
/// <param name="ProcessId">Whose; -1 for locks of open files.</param>
/// <param name="Owner">What owns it: a descriptor table or an open file.</param>
/// <param name="File">Through which file it was set; null for who waits for a lease.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">Last byte, <see cref="long.MaxValue"/> for the end of the file.</param>
public readonly record struct ListedLock(
    ListedLockKind Kind, LockMode Mode, int ProcessId, object Owner, OpenFile? File, long Start = 0,
    long End = long.MaxValue)
{
    /// <summary>True when both cannot be held together.</summary>
    public bool ConflictsWith(in ListedLock other) => Owner != other.Owner
        && (Mode == LockMode.Exclusive || other.Mode == LockMode.Exclusive)
        && Start <= other.End && other.Start <= End;
}
