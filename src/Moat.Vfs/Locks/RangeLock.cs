// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Locks;

/// <summary>A record lock (fcntl_locking(2)): a range of bytes and who holds it.</summary>
/// <param name="Owner">The descriptor table (POSIX locks) or the open file (OFD locks).</param>
/// <param name="ProcessId">The holder's pid for F_GETLK; -1 for OFD locks.</param>
/// <param name="Mode">Shared or exclusive.</param>
/// <param name="Start">First byte.</param>
/// <param name="End">Last byte, <see cref="long.MaxValue"/> for the end of the file.</param>
/// <param name="File">The open file it was set through.</param>
public readonly record struct RangeLock(
    object Owner, int ProcessId, LockMode Mode, long Start, long End, OpenFile? File = null)
{
    /// <summary>True when ranges overlap.</summary>
    public bool Overlaps(long start, long end) => Start <= end && start <= End;

    /// <summary>True when both cannot be held together.</summary>
    public bool ConflictsWith(in RangeLock other) =>
        Owner != other.Owner && Overlaps(other.Start, other.End)
        && (Mode == LockMode.Exclusive || other.Mode == LockMode.Exclusive);
}
