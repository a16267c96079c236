// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;

namespace Moat.Vfs.Notify;

/// <summary>A fanotify group: marks, and the events that they have seen and nobody has read.</summary>
/// <remarks>
/// Locks: its own, of rank Object, for marks, queue and reports; handles and descriptors are made without it.
/// Invariants: a queued event with a place keeps the file there in use. A permission event is in the queue,
/// then among the reports, until it is answered, withdrawn, or the group ends; who takes it from there
/// answers it, once.
/// </remarks>
public sealed class FanotifyFile : OpenFile
{
    internal const int MetadataSize = 24;
    private const int NoFd = -1;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly FanotifyQueue _queue;
    private readonly FanotifyReports _reports = new();
    private readonly NotifyLimits _limits;
    private readonly FanotifyMarks _marks;
    private readonly FanotifyDescriptors _descriptors;
    private readonly InodeAttributes _attributes;
    private bool _isClosed;

    /// <summary>Whose it is.</summary>
    internal uint User { get; }

    private FanotifyFile(
        Caller caller, NotifyLimits limits, FanotifyFlags flags, OpenFlags eventFlags, bool isPrivileged,
        ProcessOpener openProcess)
        : base(OpenFlags.ReadWrite | ((flags & FanotifyFlags.NonBlock) != 0 ? OpenFlags.NonBlock : 0))
    {
        _limits = limits;
        Reports = flags;
        _descriptors = new FanotifyDescriptors(flags, eventFlags, openProcess);
        User = caller.Credentials.EffectiveUid;
        IsPrivileged = isPrivileged;
        bool isUnlimited = (flags & FanotifyFlags.UnlimitedQueue) != 0;
        _queue = new FanotifyQueue(limits, isUnlimited ? int.MaxValue : limits.MaximumEvents);
        _marks = new FanotifyMarks(limits, User, flags);
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, caller.Credentials);
    }

    public override string AnonymousName => "anon_inode:[fanotify]";

    public override WaitQueue WaitQueue { get; } = new();

    /// <summary>False when it was made without CAP_SYS_ADMIN: it hears less.</summary>
    public bool IsPrivileged { get; }

    /// <summary>How it was made.</summary>
    public FanotifyFlags Reports { get; }

    /// <summary>fanotify_init(2): EMFILE for a user who has too many.</summary>
    public static Result<OpenFile> Create(
        Caller caller, NotifyLimits limits, FanotifyFlags flags, OpenFlags eventFlags, bool isPrivileged,
        ProcessOpener openProcess)
    {
        var file = new FanotifyFile(caller, limits, flags, eventFlags, isPrivileged, openProcess);
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
            return !_queue.IsEmpty ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
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
                next = _queue.First;
                if (next is null || next.Size > buffer.Length - done)
                {
                    return done > 0 ? done : next is null ? Errno.EAGAIN : Errno.EINVAL;
                }

                _queue.Remove(next);
                if (next.Asks)
                {
                    _reports.Add(next);
                }
            }

            Errno error = Show(caller, next, buffer.Slice(done, next.Size));
            if (error != Errno.Success)
            {
                return done > 0 ? done : error;
            }

            done += next.Size;
        }
    }

    /// <summary>The answer to a permission event.</summary>
    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer)
    {
        if (!FanotifyResponse.Parse(buffer, Reports).TryGet(out FanotifyResponse response, out Errno error))
        {
            return error;
        }

        return response.Fd < 0 || TryAnswer(response.Fd, response.Outcome) ? buffer.Length : Errno.ENOENT;
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
            else
            {
                _descriptors.TakeBack(caller, header.Fd, bytes[..at]);
                _ = (header.Mask & FanotifyMask.Permissions) != 0 && TryAnswer(header.Fd, Errno.EPERM);
            }
        }

        return whole;
    }

    protected override int? UnreadBytes
    {
        get
        {
            using (_lock.Enter())
            {
                return _queue.Bytes;
            }
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
            && FanotifyDescription.Describe(Reports, source, mask, ActorPid(), ofOld, ofNew) is { } made)
        {
            Enqueue(made, NotifyActor.Current);
        }
    }

    /// <summary>True when its marks are for something.</summary>
    internal bool Wants(in FanotifySource source)
    {
        using (_lock.Enter())
        {
            return _marks.Wanted(source) != FanotifyMask.None;
        }
    }

    /// <summary>Asks for permission, if its marks are for that.</summary>
    /// <param name="inquiry">To be answered.</param>
    /// <param name="source">What is to happen.</param>
    /// <returns>The event, while there is no answer; null when it need not be waited for.</returns>
    internal FanotifyEvent? Ask(FanotifyInquiry inquiry, in FanotifySource source)
    {
        if (!Wants(source) || source.Mount is not { } mount || source.Entry is not { } entry)
        {
            return null;
        }

        source.Object.AddUse();
        var made = new FanotifyEvent
        {
            Mask = source.Mask & ~FanotifyMask.OnDirectory,
            Pid = NumberOf(inquiry.Asker),
            Place = new Location(mount, entry),
            Inquiry = inquiry,
        };
        return Enqueue(made, inquiry.Asker) ? made : null;
    }

    /// <summary>Nobody waits for an answer any more.</summary>
    internal void Withdraw(FanotifyEvent asked)
    {
        bool wasQueued;
        using (_lock.Enter())
        {
            wasQueued = !asked.IsReported && asked.Node is not null;
            if (wasQueued)
            {
                _queue.Remove(asked);
            }
            else
            {
                _reports.Leave(asked);
            }
        }

        if (wasQueued)
        {
            asked.Place?.Inode.DropUse();
        }
    }

    protected override void Destroy()
    {
        _limits.RemoveGroup(this, User);
        using (_lock.Enter())
        {
            _isClosed = true;
            _marks.Flush((FileSystem?)null);
        }

        while (TakeAny() is { } left)
        {
            left.Inquiry?.Answer(Errno.Success);
            if (!left.IsReported)
            {
                left.Place?.Inode.DropUse();
            }
        }
    }

    // What is left when the group ends: allowed.
    private FanotifyEvent? TakeAny()
    {
        using (_lock.Enter())
        {
            if (_queue.First is { } queued)
            {
                _queue.Remove(queued);
                return queued;
            }

            if (_reports.First is { } reported)
            {
                _reports.Remove(reported);
                return reported;
            }

            return null;
        }
    }

    private bool TryAnswer(int fd, Errno outcome)
    {
        FanotifyInquiry? inquiry;
        using (_lock.Enter())
        {
            if (_reports.Take(fd) is not { } reported)
            {
                return false;
            }

            inquiry = reported.Inquiry;
        }

        inquiry?.Answer(outcome);
        return true;
    }

    private int ActorPid() => NotifyActor.Current is { } actor ? NumberOf(actor) : 0;

    private int NumberOf(Caller actor) =>
        (Reports & FanotifyFlags.ReportThread) != 0 ? actor.ThreadNumber : actor.ProcessNumber;

    // False when it was merged into another, or dropped.
    private bool Enqueue(FanotifyEvent added, Caller? actor)
    {
        if ((Reports & FanotifyFlags.ReportPidFd) != 0)
        {
            added.HasProcess = true;
            added.Process = actor?.Process;
        }

        bool isKept;
        using (_lock.Enter())
        {
            isKept = !_isClosed && _queue.TryAdd(added);
        }

        if (!isKept)
        {
            added.Place?.Inode.DropUse();
        }

        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return isKept;
    }

    // Writes an event that has left the queue, with the descriptors that go with it.
    private Errno Show(Caller caller, FanotifyEvent source, Span<byte> target)
    {
        Result<int> opened = _descriptors.Open(caller, source);
        source.Place?.Inode.DropUse();
        int fd = opened.IsOk ? opened.Value : NoFd;
        if (source.Asks)
        {
            FanotifyInquiry? refused = null;
            using (_lock.Enter())
            {
                source.Fd = fd;
                if (fd < 0)
                {
                    refused = source.Inquiry;
                    _reports.Remove(source);
                }
            }

            refused?.Answer(Errno.EPERM);
        }

        if (opened.IsOk)
        {
            _descriptors.Write(caller, source, fd, ShowPid(caller, source.Pid), target);
        }

        return opened.Error;
    }

    private int ShowPid(Caller caller, int pid) =>
        IsPrivileged || pid == caller.ProcessNumber ? caller.ShowNumber(pid) : 0;
}
