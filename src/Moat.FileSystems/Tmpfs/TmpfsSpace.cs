// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Base;

namespace Moat.FileSystems.Tmpfs;

/// <summary>The books of one instance: pages and inode space, against its limits and the sandbox's.</summary>
/// <remarks>
/// Locks: its own, of rank Leaf, for what it has of the sandbox's budget; counters are interlocked.
/// Invariants: pages come from the budget in lots, so that most charges are one addition and one comparison.
/// Inode space is counted as Linux counts it since 6.6: 1 KiB for each inode and each further name, and
/// what extended attributes take.
/// </remarks>
internal sealed class TmpfsSpace
{
    internal const long PerInode = 1024;

    private const long Lot = 64;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly TmpfsBudget _budget;
    private long _pageLimit;
    private long _spaceLimit;
    private long _granted;
    private long _ceiling;
    private long _pages;
    private long _space;
    private long _uncounted;

    /// <summary>Nothing is used yet.</summary>
    /// <param name="budget">The sandbox's.</param>
    /// <param name="pageLimit">Most pages; long.MaxValue for no limit.</param>
    /// <param name="inodeLimit">Most inodes; 0 for no limit.</param>
    internal TmpfsSpace(TmpfsBudget budget, long pageLimit, long inodeLimit)
    {
        _budget = budget;
        _pageLimit = pageLimit;
        _spaceLimit = inodeLimit * PerInode;
    }

    internal long PageLimit => Volatile.Read(ref _pageLimit);

    internal long Pages => Volatile.Read(ref _pages);

    /// <summary>Most inodes; 0 for no limit.</summary>
    internal long InodeLimit => Volatile.Read(ref _spaceLimit) / PerInode;

    internal long Inodes => (Volatile.Read(ref _space) + PerInode - 1) / PerInode;

    /// <summary>Other limits.</summary>
    internal void Change(long pageLimit, long inodeLimit)
    {
        using (_lock.Enter())
        {
            Volatile.Write(ref _pageLimit, pageLimit);
            Volatile.Write(ref _spaceLimit, inodeLimit * PerInode);
            Volatile.Write(ref _ceiling, Math.Min(_pageLimit, _granted));
        }
    }

    /// <summary>Counts a change in pages; false (and no change) when a limit would be passed.</summary>
    internal bool TryCharge(long pages)
    {
        long now = Interlocked.Add(ref _pages, pages);
        if (pages < 0)
        {
            if (Volatile.Read(ref _granted) - now > 2 * Lot)
            {
                GiveLots();
            }

            return true;
        }

        return now <= Volatile.Read(ref _ceiling) || pages == 0 || TryGrow(pages);
    }

    /// <summary>Counts pages that are there, whatever the limits.</summary>
    internal void Charge(long pages)
    {
        if (!TryCharge(pages))
        {
            Interlocked.Add(ref _pages, pages);
        }
    }

    /// <summary>Takes inode space; false when a limit would be passed.</summary>
    internal bool TryTakeSpace(long bytes)
    {
        long limit = Volatile.Read(ref _spaceLimit);
        bool fits = Interlocked.Add(ref _space, bytes) <= limit || limit == 0;
        if (fits && _budget.TryTakeInodeSpace(bytes))
        {
            return true;
        }

        Interlocked.Add(ref _space, -bytes);
        return false;
    }

    internal void GiveSpace(long bytes)
    {
        Interlocked.Add(ref _space, -bytes);
        _budget.GiveInodeSpace(bytes);
    }

    /// <summary>Takes what Linux counts nowhere (ACLs): of the sandbox's budget alone.</summary>
    internal bool TryTakeUncounted(long bytes)
    {
        if (bytes == 0)
        {
            return true;
        }

        bool fits = _budget.TryTakeInodeSpace(bytes);
        Interlocked.Add(ref _uncounted, fits ? bytes : 0);
        return fits;
    }

    internal void GiveUncounted(long bytes)
    {
        if (bytes != 0)
        {
            Interlocked.Add(ref _uncounted, -bytes);
            _budget.GiveInodeSpace(bytes);
        }
    }

    /// <summary>The instance is gone, with all that is left in it.</summary>
    internal void Close()
    {
        _budget.GivePages(Interlocked.Exchange(ref _granted, 0));
        _budget.GiveInodeSpace(Interlocked.Exchange(ref _space, 0) + Interlocked.Exchange(ref _uncounted, 0));
    }

    private bool TryGrow(long pages)
    {
        using (_lock.Enter())
        {
            long now = Volatile.Read(ref _pages);
            long missing = now - _granted;
            if (now <= _pageLimit && missing > 0)
            {
                long lot = Math.Max(missing, Lot);
                lot = _budget.TryTakePages(lot) ? lot : _budget.TryTakePages(missing) ? missing : 0;
                _granted += lot;
                Volatile.Write(ref _ceiling, Math.Min(_pageLimit, _granted));
            }

            if (now <= Volatile.Read(ref _ceiling))
            {
                return true;
            }
        }

        Interlocked.Add(ref _pages, -pages);
        return false;
    }

    private void GiveLots()
    {
        using (_lock.Enter())
        {
            long extra = _granted - Math.Max(0, Volatile.Read(ref _pages)) - Lot;
            if (extra > 0)
            {
                _granted -= extra;
                Volatile.Write(ref _ceiling, Math.Min(_pageLimit, _granted));
                _budget.GivePages(extra);
            }
        }
    }
}
