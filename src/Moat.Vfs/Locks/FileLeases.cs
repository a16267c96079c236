// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Locks;

/// <summary>
/// The leases of one inode (fcntl(2), F_SETLEASE), and those who wait until they are given up.
/// </summary>
/// <remarks>
/// Locks: its own, of rank Object. Invariants: one open file has one lease at most; beside an exclusive one
/// there is no other. Whoever asks for a lease counts it before it looks at who has the file open, who opens
/// looks for leases afterwards: one of them sees the other.
/// </remarks>
public sealed class FileLeases(FileLocks? owner = null)
{
    private const long NeverNs = long.MaxValue;
    private const long SecondNs = 1_000_000_000;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly List<FileLease> _held = [];
    private readonly List<LockWaiter> _breakers = [];
    private int _count;
    private bool _isListed;

    /// <summary>Where those wait who are in the way of a lease.</summary>
    public WaitQueue WaitQueue { get; } = new();

    /// <summary>True when there are none: all that other opens of the file pay for.</summary>
    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>F_SETLEASE with F_RDLCK or F_WRLCK.</summary>
    /// <param name="file">Whose lease it is to be.</param>
    /// <param name="inode">The file's inode: who else has it open decides.</param>
    /// <param name="mode">Shared or exclusive.</param>
    /// <param name="processId">The caller's process.</param>
    /// <param name="holder">Told when somebody is in its way; not of a lease that only changes.</param>
    /// <returns>EAGAIN when others have the file open, or a lease.</returns>
    public Errno Set(OpenFile file, Inode inode, LockMode mode, int processId, ILeaseHolder holder)
    {
        using (_lock.Enter())
        {
            // Counted first: an open that comes now either sees the lease or is seen.
            FileLease? own = _held.Find(lease => lease.File == file);
            Interlocked.Exchange(ref _count, _held.Count + (own is null ? 1 : 0));
            if (IsInUse(file, inode, mode) || HasRivalLocked(own, mode))
            {
                Volatile.Write(ref _count, _held.Count);
                return Errno.EAGAIN;
            }

            if (own is null)
            {
                own = new FileLease(file, holder, processId);
                _held.Add(own);
                ListLocked();
            }

            own.Mode = mode;
            own.DowngradeAtNs = mode == LockMode.Shared ? 0 : own.DowngradeAtNs;
        }

        WaitQueue.Wake(PollEvents.All);
        return Errno.Success;
    }

    /// <summary>The open file's lease is given up, or ends with it; false when it has none.</summary>
    public bool Remove(OpenFile file)
    {
        bool removed;
        using (_lock.Enter())
        {
            removed = _held.RemoveAll(lease => lease.File == file) > 0;
            Volatile.Write(ref _count, _held.Count);
            ListLocked();
        }

        if (removed)
        {
            WaitQueue.Wake(PollEvents.All);
        }

        return removed;
    }

    /// <summary>F_GETLEASE.</summary>
    public LockMode Get(OpenFile file)
    {
        using (_lock.Enter())
        {
            ExpireLocked(Clock.MonotonicNs());
            return _held.Find(lease => lease.File == file)?.Target ?? LockMode.None;
        }
    }

    /// <summary>Asks all holders in the way of an open to give up their leases.</summary>
    /// <param name="write">The open is for writing, or truncates.</param>
    /// <param name="breakTime">How many seconds they have (lease-break-time); 0 for any.</param>
    /// <param name="deadlineNs">When the next lease ends by force.</param>
    /// <returns>EAGAIN while there is a lease in the way.</returns>
    public Errno Break(bool write, int breakTime, out long deadlineNs)
    {
        deadlineNs = NeverNs;
        List<ILeaseHolder>? told = null;
        bool isFree = true;
        bool expired;
        using (_lock.Enter())
        {
            long now = Clock.MonotonicNs();
            expired = ExpireLocked(now);
            long until = breakTime > 0 ? now + (breakTime * SecondNs) : NeverNs;
            foreach (FileLease lease in _held)
            {
                if (!lease.ConflictsWith(write))
                {
                    continue;
                }

                isFree = false;
                if (write ? lease.EndAtNs == 0 : !lease.IsBreaking)
                {
                    _ = write ? lease.EndAtNs = until : lease.DowngradeAtNs = until;
                    (told ??= []).Add(lease.Holder);
                }

                long end = !write && lease.DowngradeAtNs != 0 ? lease.DowngradeAtNs : lease.EndAtNs;
                deadlineNs = Math.Min(deadlineNs, end);
            }
        }

        foreach (ILeaseHolder holder in told ?? [])
        {
            holder.OnBreak();
        }

        if (expired)
        {
            WaitQueue.Wake(PollEvents.All);
        }

        return isFree ? Errno.Success : Errno.EAGAIN;
    }

    /// <summary>Somebody begins to wait, of this kind.</summary>
    public LockWaiter BeginWait(bool write, int processId)
    {
        LockMode mode = write ? LockMode.Exclusive : LockMode.Shared;
        var waiter = new LockWaiter(new ListedLock(ListedLockKind.LeaseBreaker, mode, processId, this, null));
        using (_lock.Enter())
        {
            _breakers.Add(waiter);
        }

        return waiter;
    }

    /// <summary>And waits no longer.</summary>
    public void EndWait(LockWaiter waiter)
    {
        using (_lock.Enter())
        {
            _breakers.Remove(waiter);
        }
    }

    /// <summary>What /proc/locks shows; who waits is shown at the first of them.</summary>
    internal LockWaiter[] Describe(int from, int most, List<ListedLock> into)
    {
        using (_lock.Enter())
        {
            for (int i = from; i < _held.Count && into.Count < most; i++)
            {
                FileLease lease = _held[i];
                ListedLockKind kind = lease.IsBreaking ? ListedLockKind.BreakingLease : ListedLockKind.Lease;
                into.Add(new ListedLock(kind, lease.Target, lease.ProcessId, lease.File, lease.File));
            }

            if (from != 0 || _held.Count == 0)
            {
                return [];
            }

            foreach (LockWaiter waiter in _breakers)
            {
                waiter.BlockedBy = _held[0].File;
            }

            return [.. _breakers];
        }
    }

    private void ListLocked()
    {
        bool hasAny = _held.Count > 0;
        if (hasAny != _isListed && owner?.Inode is { } inode)
        {
            const int Bit = FileLocks.LeasesBit;
            _isListed = hasAny;
            inode.FileSystem.Vfs.LockTable.Change(owner, hasAny ? Bit : 0, hasAny ? 0 : Bit);
        }
    }

    // i_writecount and i_readcount: a read lease wants no writer, a write lease nobody else.
    private static bool IsInUse(OpenFile file, Inode inode, LockMode mode)
    {
        int writers = inode.Writers - (mode == LockMode.Exclusive && file.CanWrite ? 1 : 0);
        int readers = mode == LockMode.Shared ? 0 : inode.Readers - (file.CanWrite || !file.CanRead ? 0 : 1);
        return writers != 0 || readers != 0;
    }

    private bool HasRivalLocked(FileLease? own, LockMode mode)
    {
        foreach (FileLease other in _held)
        {
            if (other != own && (mode == LockMode.Exclusive || other.EndAtNs != 0))
            {
                return true;
            }
        }

        return false;
    }

    private bool ExpireLocked(long now)
    {
        bool changed = false;
        foreach (FileLease lease in _held)
        {
            if (lease.DowngradeAtNs != 0 && lease.DowngradeAtNs <= now)
            {
                lease.DowngradeAtNs = 0;
                lease.Mode = LockMode.Shared;
                changed = true;
            }
        }

        changed |= _held.RemoveAll(lease => lease.EndAtNs != 0 && lease.EndAtNs <= now) > 0;
        Volatile.Write(ref _count, _held.Count);
        ListLocked();
        return changed;
    }
}
