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

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly List<RangeLock> _ranges = [];
    private readonly List<(OpenFile File, LockMode Mode)> _flocks = [];

    private FileLeases? _leases;

    /// <summary>The file's leases.</summary>
    public FileLeases Leases =>
        _leases ?? Interlocked.CompareExchange(ref _leases, new FileLeases(), null) ?? _leases;

    /// <summary>Its leases, when there are any.</summary>
    public FileLeases? PresentLeases => Volatile.Read(ref _leases) is { IsEmpty: false } held ? held : null;

    /// <summary>Where those wait whose lock was refused.</summary>
    public WaitQueue WaitQueue { get; } = new();

    /// <summary>
    /// flock(2): sets, converts or (None) releases the lock of an open file; EAGAIN when it must wait.
    /// </summary>
    public Errno SetFlock(OpenFile file, LockMode mode)
    {
        bool freed;
        Errno error = Errno.Success;
        using (_lock.Enter())
        {
            freed = _flocks.RemoveAll(held => held.File == file) > 0;
            foreach ((_, LockMode held) in _flocks)
            {
                if (mode != LockMode.None && (held == LockMode.Exclusive || mode == LockMode.Exclusive))
                {
                    // As on Linux a conversion first gives up the old lock.
                    error = Errno.EAGAIN;
                    break;
                }
            }

            if (error == Errno.Success && mode != LockMode.None)
            {
                _flocks.Add((file, mode));
            }
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
    public Errno SetRange(in RangeLock wanted)
    {
        bool freed;
        using (_lock.Enter())
        {
            if (wanted.Mode != LockMode.None && TryFindConflictLocked(wanted, out _))
            {
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
        }

        if (freed)
        {
            WaitQueue.Wake(PollEvents.All);
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
                    Start = Math.Min(held.Start, wanted.Start),
                    End = Math.Max(held.End, wanted.End),
                };
            }
        }

        _ranges.Add(wanted);
    }
}
