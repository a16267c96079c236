// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Locks;

/// <summary>
/// The advisory locks of one inode: flock(2) locks, POSIX and OFD record locks (fcntl_locking(2)).
/// </summary>
/// <remarks>
/// Locks: its own, of rank Object.
/// Invariants: the ranges of one owner do not overlap and neighbours of one mode are merged.
/// </remarks>
public sealed class FileLocks
{
    /// <summary>How many record locks one file may hold (ENOLCK beyond).</summary>
    private const int MaxRanges = 65536;

    internal const int LocksBit = 1;
    internal const int LeasesBit = 2;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly List<RangeLock> _ranges = [];
    private readonly List<(OpenFile File, LockMode Mode, int ProcessId)> _flocks = [];
    private readonly List<LockWaiter> _waiters = [];
    private bool _isListed;

    private FileLeases? _leases;

    /// <summary>The locks of an inode; null for one that nothing shows.</summary>
    public FileLocks(Inode? inode = null) => Inode = inode;

    /// <summary>Whose they are.</summary>
    internal Inode? Inode { get; }

    /// <summary>Its place in the <see cref="LockTable"/>, whose lock guards it; -1 for none.</summary>
    internal int TablePlace { get; set; } = -1;

    /// <summary>Why it is there: <see cref="LocksBit"/>, <see cref="LeasesBit"/>.</summary>
    internal int TableBits { get; set; }

    /// <summary>The file's leases.</summary>
    public FileLeases Leases =>
        _leases ?? Interlocked.CompareExchange(ref _leases, new FileLeases(this), null) ?? _leases;

    /// <summary>Its leases, when there are any.</summary>
    public FileLeases? PresentLeases => Volatile.Read(ref _leases) is { IsEmpty: false } held ? held : null;

    /// <summary>Where those wait whose lock was refused.</summary>
    public WaitQueue WaitQueue { get; } = new();

    /// <summary>
    /// flock(2): sets, converts or (None) releases the lock of an open file; EAGAIN when it must wait.
    /// </summary>
    /// <param name="file">The open file.</param>
    /// <param name="mode">What is wanted.</param>
    /// <param name="processId">The caller's process.</param>
    /// <param name="waiter">Who waits if it must; null for nobody.</param>
    public Errno SetFlock(OpenFile file, LockMode mode, int processId = 0, LockWaiter? waiter = null)
    {
        bool freed;
        Errno error = Errno.Success;
        using (_lock.Enter())
        {
            freed = _flocks.RemoveAll(held => held.File == file) > 0;
            foreach ((OpenFile holder, LockMode held, _) in _flocks)
            {
                if (mode != LockMode.None && (held == LockMode.Exclusive || mode == LockMode.Exclusive))
                {
                    // As on Linux a conversion first gives up the old lock.
                    error = Errno.EAGAIN;
                    NoteLocked(waiter, holder);
                    break;
                }
            }

            if (error == Errno.Success && mode != LockMode.None)
            {
                _flocks.Add((file, mode, processId));
            }

            ListLocked();
        }

        if (freed)
        {
            WaitQueue.Wake(PollEvents.All);
        }

        return error;
    }

    /// <summary>F_GETLK: the first lock in the way; false when there is none.</summary>
    public bool TryFindConflict(in RangeLock wanted, out RangeLock conflict)
    {
        using (_lock.Enter())
        {
            return TryFindConflictLocked(wanted, out conflict);
        }
    }

    /// <summary>F_SETLK: EAGAIN when it must wait, ENOLCK when there are too many.</summary>
    public Errno SetRange(in RangeLock wanted, LockWaiter? waiter = null)
    {
        bool freed;
        using (_lock.Enter())
        {
            if (wanted.Mode != LockMode.None && TryFindConflictLocked(wanted, out RangeLock conflict))
            {
                NoteLocked(waiter, conflict.Owner);
                return Errno.EAGAIN;
            }

            if (_ranges.Count >= MaxRanges && wanted.Mode != LockMode.None)
            {
                return Errno.ENOLCK;
            }

            freed = CutLocked(wanted.Owner, wanted.Start, wanted.End);
            if (wanted.Mode != LockMode.None)
            {
                AddMergedLocked(wanted);
            }

            ListLocked();
        }

        if (freed)
        {
            WaitQueue.Wake(PollEvents.All);
        }

        return Errno.Success;
    }

    /// <summary>
    /// An owner is gone, or (for POSIX locks) has closed a descriptor of the file: its locks go.
    /// </summary>
    public void ReleaseOwner(object owner)
    {
        if (owner is OpenFile file)
        {
            PresentLeases?.Remove(file);
        }

        bool freed;
        using (_lock.Enter())
        {
            freed = _ranges.RemoveAll(held => held.Owner == owner) > 0;
            freed |= owner is OpenFile && _flocks.RemoveAll(held => held.File == owner) > 0;
            ListLocked();
        }

        if (freed)
        {
            WaitQueue.Wake(PollEvents.All);
        }
    }

    /// <summary>Somebody waits no longer.</summary>
    public void EndWait(LockWaiter waiter)
    {
        using (_lock.Enter())
        {
            _waiters.Remove(waiter);
        }
    }

    /// <summary>What /proc/locks shows of it, a piece at a time.</summary>
    /// <param name="from">How many have been shown.</param>
    /// <param name="most">How many this piece may have.</param>
    /// <param name="into">Gets them: flock, record locks, leases.</param>
    /// <param name="waiters">Who waits.</param>
    /// <returns>True when there are no more.</returns>
    internal bool Describe(int from, int most, List<ListedLock> into, out LockWaiter[] waiters)
    {
        int locks;
        using (_lock.Enter())
        {
            locks = _flocks.Count + _ranges.Count;
            for (int i = from; i < locks && into.Count < most; i++)
            {
                into.Add(DescribeLocked(i));
            }

            waiters = into.Count > 0 ? [.. _waiters] : [];
        }

        if (into.Count < most && PresentLeases is { } leases)
        {
            LockWaiter[] breakers = leases.Describe(Math.Max(0, from - locks), most, into);
            waiters = [.. waiters, .. breakers];
        }

        return into.Count < most;
    }

    /// <summary>The same without who waits.</summary>
    public bool Describe(int from, int most, List<ListedLock> into) => Describe(from, most, into, out _);

    private ListedLock DescribeLocked(int index)
    {
        if (index < _flocks.Count)
        {
            (OpenFile file, LockMode mode, int processId) = _flocks[index];
            return new ListedLock(ListedLockKind.Flock, mode, processId, file, file);
        }

        return Describe(_ranges[index - _flocks.Count]);
    }

    /// <summary>A record lock, held or wanted.</summary>
    public static ListedLock Describe(in RangeLock range)
    {
        ListedLockKind kind = range.Owner is OpenFile ? ListedLockKind.OpenFile : ListedLockKind.Posix;
        return new ListedLock(
            kind, range.Mode, range.ProcessId, range.Owner, range.File, range.Start, range.End);
    }

    private void NoteLocked(LockWaiter? waiter, object holder)
    {
        if (waiter is null)
        {
            return;
        }

        if (waiter.BlockedBy is null)
        {
            _waiters.Add(waiter);
        }

        waiter.BlockedBy = holder;
    }

    private void ListLocked()
    {
        bool hasAny = _ranges.Count + _flocks.Count > 0;
        if (hasAny != _isListed && Inode is { } inode)
        {
            _isListed = hasAny;
            inode.FileSystem.Vfs.LockTable.Change(this, hasAny ? LocksBit : 0, hasAny ? 0 : LocksBit);
        }
    }

    private bool TryFindConflictLocked(in RangeLock wanted, out RangeLock conflict)
    {
        foreach (RangeLock held in _ranges)
        {
            if (held.ConflictsWith(wanted))
            {
                conflict = held;
                return true;
            }
        }

        conflict = default;
        return false;
    }

    /// <summary>Takes a range away from an owner's locks; true when there was something.</summary>
    private bool CutLocked(object owner, long start, long end)
    {
        bool cut = false;
        for (int i = _ranges.Count - 1; i >= 0; i--)
        {
            RangeLock held = _ranges[i];
            if (held.Owner != owner || !held.Overlaps(start, end))
            {
                continue;
            }

            cut = true;
            _ranges.RemoveAt(i);
            if (held.Start < start)
            {
                _ranges.Add(held with { End = start - 1 });
            }

            if (held.End > end)
            {
                _ranges.Add(held with { Start = end + 1 });
            }
        }

        return cut;
    }

    private void AddMergedLocked(RangeLock wanted)
    {
        for (int i = _ranges.Count - 1; i >= 0; i--)
        {
            RangeLock held = _ranges[i];
            bool touches = held.Owner == wanted.Owner && held.Mode == wanted.Mode
                && (held.Start == 0 || held.Start - 1 <= wanted.End)
                && (wanted.Start == 0 || wanted.Start - 1 <= held.End);
            if (touches)
            {
                _ranges.RemoveAt(i);
                wanted = wanted with
                {
                    File = held.File,
                    Start = Math.Min(held.Start, wanted.Start),
                    End = Math.Max(held.End, wanted.End),
                };
            }
        }

        _ranges.Add(wanted);
    }
}
