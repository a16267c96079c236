// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.Vfs.Landlock;

namespace Moat.Vfs.Notify;

/// <summary>A fanotify group: marks, and the events that they have seen and nobody has read.</summary>
/// <remarks>
/// Locks: its own, of rank Object, for marks and queue; handles are made without it. Invariants: every queued
/// event but an overflow is counted in the limits; one with a place keeps the file there in use.
/// </remarks>
public sealed class FanotifyFile : OpenFile
{
    internal const int MetadataSize = 24;
    private const int MostCompared = 128;
    private const int EventWeight = 4;
    private const int NoFd = -1;
    private const byte Version = 3;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly Queue<FanotifyEvent> _queue = [];
    private readonly List<FanotifyEvent> _recent = [];
    private readonly NotifyLimits _limits;
    private readonly FanotifyMarks _marks;
    private readonly FanotifyFlags _flags;
    private readonly OpenFlags _eventFlags;
    private readonly InodeAttributes _attributes;
    private readonly int _maximum;
    private bool _hasOverflowed;
    private bool _isClosed;

    /// <summary>Whose it is.</summary>
    internal uint User { get; }

    private FanotifyFile(
        Caller caller, NotifyLimits limits, FanotifyFlags flags, OpenFlags eventFlags, bool isPrivileged)
        : base(OpenFlags.ReadWrite | ((flags & FanotifyFlags.NonBlock) != 0 ? OpenFlags.NonBlock : 0))
    {
        _limits = limits;
        _flags = flags;
        _eventFlags = eventFlags;
        User = caller.Credentials.EffectiveUid;
        IsPrivileged = isPrivileged;
        _maximum = (flags & FanotifyFlags.UnlimitedQueue) != 0 ? int.MaxValue : limits.MaximumEvents;
        _marks = new FanotifyMarks(limits, User, (flags & FanotifyFlags.UnlimitedMarks) != 0);
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, caller.Credentials);
    }

    public override string AnonymousName => "anon_inode:[fanotify]";

    public override WaitQueue WaitQueue { get; } = new();

    /// <summary>False when it was made without CAP_SYS_ADMIN: it hears less.</summary>
    public bool IsPrivileged { get; }

    /// <summary>How it was made.</summary>
    public FanotifyFlags Reports => _flags;

    /// <summary>fanotify_init(2): EMFILE for a user who has too many.</summary>
    public static Result<OpenFile> Create(
        Caller caller, NotifyLimits limits, FanotifyFlags flags, OpenFlags eventFlags, bool isPrivileged)
    {
        var file = new FanotifyFile(caller, limits, flags, eventFlags, isPrivileged);
        Errno error = limits.AddGroup(file, file.User);
        return error == Errno.Success ? file : error;
    }

    public override Result<InodeAttributes> GetAttributes() => _attributes;

    /// <summary>noop_llseek: the position is always 0.</summary>
    public override Result<long> Seek(Caller caller, long offset, int whence) => 0L;

    public override PollEvents Poll(Caller caller)
    {
        using (_lock.Enter())
        {
            return _queue.Count > 0 ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
        }
    }

    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        int done = 0;
        while (true)
        {
            FanotifyEvent? next;
            using (_lock.Enter())
            {
                if (!_queue.TryPeek(out next) || next.Size > buffer.Length - done)
                {
                    return done > 0 ? done : next is null ? Errno.EAGAIN : Errno.EINVAL;
                }

                DropFirstLocked();
            }

            Result<int> fd = OpenFor(caller, next);
            next.Place?.Inode.DropUse();
            if (!fd.IsOk)
            {
                return done > 0 ? done : fd.Error;
            }

            var header = new FanotifyMetadata(
                (uint)next.Size, Version, 0, MetadataSize, next.Mask, fd.Value, ShowPid(caller, next.Pid));
            MemoryMarshal.Write(buffer[done..], header);
            next.WriteRecords(buffer.Slice(done + MetadataSize, next.Size - MetadataSize));
            done += next.Size;
        }
    }

    /// <summary>Whole events count; of the others not even the descriptors are left.</summary>
    public override int GiveBack(Caller caller, ReadOnlySpan<byte> bytes, int delivered)
    {
        int whole = 0;
        for (int at = 0; at < bytes.Length;)
        {
            FanotifyMetadata header = MemoryMarshal.Read<FanotifyMetadata>(bytes[at..]);
            at += (int)header.Length;
            if (at <= delivered)
            {
                whole = at;
            }
            else if (header.Fd >= 0)
            {
                _ = caller.Files.Close(caller, header.Fd);
            }
        }

        return whole;
    }

    protected override int? UnreadBytes
    {
        get
        {
            int unread = 0;
            using (_lock.Enter())
            {
                foreach (FanotifyEvent waiting in _queue)
                {
                    unread += waiting.Size;
                }
            }

            return unread;
        }
    }

    /// <summary>FAN_MARK_ADD and FAN_MARK_REMOVE, of what has been looked up and may be read.</summary>
    public Errno Mark(Location place, FanotifyMarkFlags flags, FanotifyMask mask)
    {
        const FanotifyMarkFlags Ignores = FanotifyMarkFlags.IgnoredMask | FanotifyMarkFlags.Ignore;
        object key = (flags & FanotifyMarkFlags.Mount) != 0 ? place.Mount
            : (flags & FanotifyMarkFlags.FileSystem) != 0 ? place.Dentry.FileSystem : place.Inode;
        using (_lock.Enter())
        {
            return (flags & FanotifyMarkFlags.Add) != 0
                ? _marks.Add(key, place, flags, mask)
                : _marks.Remove(key, (flags & Ignores) != 0, mask);
        }
    }

    /// <summary>FAN_MARK_FLUSH of one kind of marks.</summary>
    public void Flush(FanotifyMarkFlags kind)
    {
        using (_lock.Enter())
        {
            _marks.Flush(kind);
        }
    }

    /// <summary>The file system is mounted nowhere any more.</summary>
    internal void OnUnmounted(FileSystem fileSystem)
    {
        using (_lock.Enter())
        {
            _marks.Flush(fileSystem);
        }
    }

    /// <summary>The inode or mount is no more.</summary>
    internal void Forget(object marked)
    {
        using (_lock.Enter())
        {
            _marks.Drop(marked);
        }
    }

    /// <summary>Something has happened.</summary>
    internal void Notify(in FanotifySource source)
    {
        bool ofOld = false;
        bool ofNew = false;
        FanotifyMask mask;
        using (_lock.Enter())
        {
            if (source.NewDirectory is { } target)
            {
                ofOld = _marks.WantsRename(source.Directory!.Inode, source.IsDirectory);
                ofNew = _marks.WantsRename(target.Inode, source.IsDirectory);
                mask = ofOld || ofNew ? FanotifyMask.Rename : FanotifyMask.None;
            }
            else
            {
                mask = _marks.Wanted(source);
            }
        }

        if (mask != FanotifyMask.None
            && FanotifyDescription.Describe(_flags, source, mask, ActorPid(), ofOld, ofNew) is { } made)
        {
            Enqueue(made);
        }
    }

    protected override void Destroy()
    {
        _limits.RemoveGroup(this, User);
        FanotifyEvent[] left;
        using (_lock.Enter())
        {
            _isClosed = true;
            _marks.Flush((FileSystem?)null);
            left = [.. _queue];
            while (_queue.Count > 0)
            {
                DropFirstLocked();
            }
        }

        foreach (FanotifyEvent unread in left)
        {
            unread.Place?.Inode.DropUse();
        }
    }

    private int ActorPid() => NotifyActor.Current is not { } actor ? 0
        : (_flags & FanotifyFlags.ReportThread) != 0 ? actor.ThreadNumber : actor.ProcessNumber;

    private void Enqueue(FanotifyEvent added)
    {
        bool isKept = false;
        using (_lock.Enter())
        {
            if (!_isClosed && !TryMergeLocked(added))
            {
                isKept = _queue.Count < _maximum && _limits.TryAddEvent(EventWeight);
                if (isKept)
                {
                    _queue.Enqueue(added);
                    _recent.Add(added);
                }
                else if (!_hasOverflowed)
                {
                    _hasOverflowed = true;
                    _queue.Enqueue(new FanotifyEvent { Mask = FanotifyMask.QueueOverflow });
                }
            }
        }

        if (!isKept)
        {
            added.Place?.Inode.DropUse();
        }

        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
    }

    private bool TryMergeLocked(FanotifyEvent added)
    {
        if (_recent.Count >= 2 * MostCompared)
        {
            _recent.RemoveRange(0, MostCompared);
        }

        for (int i = _recent.Count - 1; i >= Math.Max(0, _recent.Count - MostCompared); i--)
        {
            if (_recent[i].MergesWith(added))
            {
                _recent[i].Mask |= added.Mask;
                return true;
            }
        }

        return false;
    }

    private void DropFirstLocked()
    {
        FanotifyEvent first = _queue.Dequeue();
        if (first.IsOverflow)
        {
            _hasOverflowed = false;
            return;
        }

        _limits.RemoveEvents(EventWeight);
        if (_queue.Count == 0)
        {
            _recent.Clear();
        }
        else
        {
            _recent.Remove(first);
        }
    }

    private int ShowPid(Caller caller, int pid) =>
        IsPrivileged || pid == caller.ProcessNumber ? caller.ShowNumber(pid) : 0;

    // A descriptor of the file, which makes no events itself.
    private Result<int> OpenFor(Caller caller, FanotifyEvent source)
    {
        if (source.Place is not { } place)
        {
            return NoFd;
        }

        bool writes = (_eventFlags & OpenFlags.AccessMode) != OpenFlags.ReadOnly;
        if (writes && (place.Inode.IsDirectory || place.Mount.IsReadOnly))
        {
            return place.Inode.IsDirectory ? Errno.EISDIR : Errno.EROFS;
        }

        Errno denied = LandlockChecks.CheckOpen(caller.Credentials, place, _eventFlags, out bool mayTruncate);
        if (denied != Errno.Success)
        {
            return denied;
        }

        bool closeOnExec = (_eventFlags & OpenFlags.CloseOnExec) != 0;
        if (!caller.Files.Reserve(closeOnExec).TryGet(out int fd, out Errno error))
        {
            return error;
        }

        Result<OpenFile> opened = place.Inode.Type is FileType.Regular or FileType.Directory
            ? place.Inode.Open(caller, place, _eventFlags & ~OpenFlags.CloseOnExec) : Errno.ENXIO;
        if (!opened.TryGet(out OpenFile? file, out error))
        {
            caller.Files.CancelReservation(fd);
            return error;
        }

        file.WatchSpace = null;
        file.DeniesTruncate = !mayTruncate;
        caller.Files.Publish(fd, file);
        return fd;
    }
}
