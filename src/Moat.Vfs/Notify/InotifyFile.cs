// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;

namespace Moat.Vfs.Notify;

/// <summary>An inotify instance: watches, and the events that they have seen and nobody has read.</summary>
/// <remarks>
/// Locks: its own, of rank Object, for watches and queue. Invariants: a watch is in this table and in its
/// inode's list, or removed; every queued event but an overflow is counted in the limits.
/// </remarks>
public sealed class InotifyFile : OpenFile
{
    private const int HeaderSize = 16;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly Dictionary<int, NotifyWatch> _watches = [];
    private readonly Queue<NotifyEvent> _queue = [];
    private readonly NotifyLimits _limits;
    private readonly InodeAttributes _attributes;
    private readonly uint _user;
    private readonly int _maximum;
    private NotifyEvent _last;
    private int _lastDescriptor;
    private bool _hasOverflowed;

    private InotifyFile(Caller caller, NotifyLimits limits, bool nonBlocking)
        : base(OpenFlags.ReadOnly | (nonBlocking ? OpenFlags.NonBlock : 0))
    {
        _limits = limits;
        _user = caller.Credentials.EffectiveUid;
        _maximum = limits.MaximumEvents;
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, caller.Credentials);
    }

    public override string AnonymousName => "anon_inode:inotify";

    public override WaitQueue WaitQueue { get; } = new();

    public override bool TellsByFlag => true;

    /// <summary>inotify_init1(2): EMFILE for a user who has too many.</summary>
    public static Result<OpenFile> Create(Caller caller, NotifyLimits limits, bool nonBlocking)
    {
        var file = new InotifyFile(caller, limits, nonBlocking);
        Errno error = limits.Add(file, file._user);
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
        using (_lock.Enter())
        {
            if (_queue.Count == 0)
            {
                return Errno.EAGAIN;
            }

            while (_queue.TryPeek(out NotifyEvent next) && next.Size <= buffer.Length - done)
            {
                var header = new InotifyEvent(next.Descriptor, next.Mask, next.Cookie, (uint)next.NameSize);
                MemoryMarshal.Write(buffer[done..], header);
                Span<byte> name = buffer.Slice(done + next.Size - next.NameSize, next.NameSize);
                name.Clear();
                next.Name.CopyTo(name);
                done += next.Size;
                DropFirstLocked();
            }
        }

        return done > 0 ? done : Errno.EINVAL;
    }

    /// <summary>Whole events count; the others are lost, as on Linux.</summary>
    public override int GiveBack(Caller caller, ReadOnlySpan<byte> bytes, int delivered)
    {
        int whole = 0;
        while (whole < bytes.Length)
        {
            InotifyEvent header = MemoryMarshal.Read<InotifyEvent>(bytes[whole..]);
            int size = HeaderSize + (int)header.Length;
            if (whole + size > delivered)
            {
                break;
            }

            whole += size;
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
                foreach (NotifyEvent waiting in _queue)
                {
                    unread += waiting.Size;
                }
            }

            return unread;
        }
    }

    /// <summary>inotify_add_watch(2), for what has been looked up and may be read.</summary>
    public Result<int> Watch(Dentry dentry, InotifyMask mask)
    {
        const InotifyMask Kept =
            InotifyMask.AllEvents | InotifyMask.OneShot | InotifyMask.ExcludeUnlinked;
        using (_lock.Enter())
        {
            if (FindLocked(dentry.Inode) is { } present)
            {
                if ((mask & InotifyMask.MaskCreate) != 0)
                {
                    return Errno.EEXIST;
                }

                InotifyMask before = (mask & InotifyMask.MaskAdd) != 0 ? present.Mask : InotifyMask.None;
                present.Mask = before | (mask & Kept);
                return present.Descriptor;
            }

            Errno error = _limits.AddWatch(_user);
            if (error != Errno.Success)
            {
                return error;
            }

            int descriptor = NextDescriptorLocked();
            var watch = new NotifyWatch(this, dentry, descriptor, mask & Kept);
            _watches.Add(descriptor, watch);
            dentry.Inode.AddWatch(watch);
            return descriptor;
        }
    }

    /// <summary>inotify_rm_watch(2): EINVAL when there is no such watch.</summary>
    public Errno Unwatch(int descriptor)
    {
        using (_lock.Enter())
        {
            if (!_watches.TryGetValue(descriptor, out NotifyWatch? watch))
            {
                return Errno.EINVAL;
            }

            RemoveLocked(watch);
        }

        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return Errno.Success;
    }

    /// <summary>All watches, for /proc/PID/fdinfo.</summary>
    public (int Descriptor, InotifyMask Mask, Inode Inode)[] Describe()
    {
        using (_lock.Enter())
        {
            var list = new (int, InotifyMask, Inode)[_watches.Count];
            int count = 0;
            foreach (NotifyWatch watch in _watches.Values)
            {
                list[count++] = (watch.Descriptor, watch.Mask, watch.Inode);
            }

            return list;
        }
    }

    /// <summary>Something has happened that a watch is for.</summary>
    /// <param name="watch">The watch.</param>
    /// <param name="mask">What happened.</param>
    /// <param name="cookie">The rename, or 0.</param>
    /// <param name="name">The name in a watched directory, or nothing.</param>
    /// <param name="ends">Nothing more can come: the watch is removed afterwards.</param>
    internal void Report(NotifyWatch watch, InotifyMask mask, uint cookie, byte[] name, bool ends = false)
    {
        using (_lock.Enter())
        {
            if (watch.IsRemoved)
            {
                return;
            }

            if ((mask & watch.Mask & InotifyMask.AllEvents) != 0 || (mask & InotifyMask.Unmount) != 0)
            {
                EnqueueLocked(new NotifyEvent(watch.Descriptor, mask, cookie, name));
                ends |= (watch.Mask & InotifyMask.OneShot) != 0;
            }

            if (ends)
            {
                RemoveLocked(watch);
            }
        }

        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
    }

    /// <summary>The file system is mounted nowhere any more.</summary>
    internal void OnUnmounted(FileSystem fileSystem)
    {
        NotifyWatch[] watches;
        using (_lock.Enter())
        {
            watches = [.. _watches.Values];
        }

        foreach (NotifyWatch watch in watches)
        {
            if (watch.Dentry.FileSystem == fileSystem)
            {
                Report(watch, InotifyMask.Unmount, 0, [], ends: true);
            }
        }
    }

    protected override void Destroy()
    {
        using (_lock.Enter())
        {
            foreach (NotifyWatch watch in _watches.Values)
            {
                DetachLocked(watch);
            }

            _watches.Clear();
            while (_queue.Count > 0)
            {
                DropFirstLocked();
            }
        }

        _limits.Remove(this, _user);
    }

    private NotifyWatch? FindLocked(Inode inode)
    {
        foreach (NotifyWatch watch in inode.Watches)
        {
            if (watch.Owner == this && !watch.IsRemoved)
            {
                return watch;
            }
        }

        return null;
    }

    // Numbers go up and come back to 1 only at the end, as idr_alloc_cyclic gives them.
    private int NextDescriptorLocked()
    {
        do
        {
            _lastDescriptor = _lastDescriptor == int.MaxValue ? 1 : _lastDescriptor + 1;
        }
        while (_watches.ContainsKey(_lastDescriptor));
        return _lastDescriptor;
    }

    private void RemoveLocked(NotifyWatch watch)
    {
        DetachLocked(watch);
        _watches.Remove(watch.Descriptor);
        EnqueueLocked(new NotifyEvent(watch.Descriptor, InotifyMask.Ignored, 0, []));
    }

    private void DetachLocked(NotifyWatch watch)
    {
        watch.IsRemoved = true;
        watch.Inode.RemoveWatch(watch);
        _limits.RemoveWatch(_user);
    }

    private void EnqueueLocked(in NotifyEvent added)
    {
        if (_queue.Count > 0 && added.Repeats(_last))
        {
            return;
        }

        NotifyEvent next = added;
        if (_queue.Count >= _maximum || !_limits.TryAddEvent())
        {
            if (_hasOverflowed)
            {
                return;
            }

            _hasOverflowed = true;
            next = new NotifyEvent(-1, InotifyMask.QueueOverflow, 0, []);
        }

        _queue.Enqueue(next);
        _last = next;
    }

    private void DropFirstLocked()
    {
        if (_queue.Dequeue().Descriptor < 0)
        {
            _hasOverflowed = false;
        }
        else
        {
            _limits.RemoveEvents(1);
        }
    }
}
