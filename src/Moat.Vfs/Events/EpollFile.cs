// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;

namespace Moat.Vfs.Events;

/// <summary>An epoll set (epoll(7)).</summary>
/// <remarks>
/// Locks: <c>_lock</c> (rank Epoll) guards the table of items; the ready list has its own. Readiness is
/// looked at with neither held: an item is taken off the list first, so two waiters never report the same
/// edge. Invariants: an item whose file is ready is on the ready list, or in the hands of a thread that puts
/// it back.
/// </remarks>
public sealed class EpollFile : OpenFile
{
    /// <summary>How many events are collected at once.</summary>
    public const int MaximumBatch = 64;

    private const EpollFlags KnownFlags =
        EpollFlags.Exclusive | EpollFlags.WakeUp | EpollFlags.OneShot | EpollFlags.EdgeTriggered;

    // Scratch only: what this thread took off a list and has not settled yet.
    [ThreadStatic]
    private static EpollItem?[]? s_taken;

    private readonly RankedLock _lock = new(LockRank.Epoll);
    private readonly Dictionary<(int Fd, OpenFile File), EpollItem> _items = [];
    private readonly EpollReadyList _ready = new();
    private readonly InodeAttributes _attributes;
    private int _sweepAt = 64;

    /// <summary>An empty set.</summary>
    public EpollFile(in InodeAttributes attributes)
        : base(OpenFlags.ReadWrite)
    {
        _attributes = attributes;
        WaitQueue.Nesting = 1;
    }

    /// <inheritdoc/>
    public override string AnonymousName => "anon_inode:[eventpoll]";

    /// <inheritdoc/>
    public override WaitQueue WaitQueue { get; } = new();

    /// <summary>Sets that this one watches; guarded by the topology lock.</summary>
    internal List<EpollFile> Inner { get; } = [];

    /// <summary>Sets that watch this one; guarded by the topology lock.</summary>
    internal List<EpollFile> Outer { get; } = [];

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes() => _attributes;

    /// <inheritdoc/>
    public override Result<long> Seek(Caller caller, long offset, int whence) => 0L;

    /// <inheritdoc/>
    public override PollEvents Poll(Caller caller)
    {
        if (_ready.Count == 0)
        {
            return PollEvents.None;
        }

        foreach (EpollItem item in _ready.Snapshot())
        {
            if (Look(caller, item) != 0)
            {
                return PollEvents.In | PollEvents.ReadNormal;
            }
        }

        return PollEvents.None;
    }

    /// <summary>EPOLL_CTL_ADD: EEXIST, EPERM for files that are always ready, EINVAL, ELOOP.</summary>
    public Errno Add(Caller caller, int fd, OpenFile file, in EpollEvent wanted)
    {
        if (file == this || ((EpollFlags)wanted.Events & EpollFlags.Exclusive) != 0
            && !IsValidExclusive(file, wanted))
        {
            return Errno.EINVAL;
        }

        if (file.WaitQueue is not { } queue)
        {
            return Errno.EPERM;
        }

        var item = new EpollItem(this, fd, file);
        Set(item, wanted);
        var inner = file as EpollFile;
        using (_lock.Enter())
        {
            SweepLocked();
            if (!_items.TryAdd((fd, file), item))
            {
                return Errno.EEXIST;
            }
        }

        if (inner is not null)
        {
            Errno error = EpollTopology.Connect(this, inner);
            if (error != Errno.Success)
            {
                using (_lock.Enter())
                {
                    _items.Remove((fd, file));
                }

                return error;
            }
        }

        queue.Add(item);
        if (item.IsRemoved)
        {
            // Deleted by another thread before it was on the queue.
            queue.Remove(item);
        }

        CheckNow(caller, item);
        return Errno.Success;
    }

    /// <summary>EPOLL_CTL_MOD: ENOENT, EINVAL for exclusive items.</summary>
    public Errno Modify(Caller caller, int fd, OpenFile file, in EpollEvent wanted)
    {
        EpollItem? item;
        using (_lock.Enter())
        {
            if (((EpollFlags)wanted.Events & EpollFlags.Exclusive) != 0)
            {
                return Errno.EINVAL;
            }

            if (!_items.TryGetValue((fd, file), out item))
            {
                return Errno.ENOENT;
            }

            if (item.IsExclusive)
            {
                return Errno.EINVAL;
            }

            Set(item, wanted);
        }

        CheckNow(caller, item);
        return Errno.Success;
    }

    /// <summary>EPOLL_CTL_DEL: ENOENT.</summary>
    public Errno Remove(int fd, OpenFile file)
    {
        EpollItem? item;
        using (_lock.Enter())
        {
            if (!_items.Remove((fd, file), out item))
            {
                return Errno.ENOENT;
            }
        }

        Detach(item);
        return Errno.Success;
    }

    /// <summary>How many items may be ready now: how many <see cref="Collect"/> is to look at.</summary>
    public int ReadyCount => _ready.Count;

    /// <summary>
    /// Takes what is ready, at most as many events as there is room for; none when nothing is. The caller
    /// then says how many it could report (<see cref="Settle"/>).
    /// </summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="events">Room for up to <see cref="MaximumBatch"/> events.</param>
    /// <param name="attempts">
    /// How many items are still to be looked at: each once per call, or a level-triggered one would fill the
    /// guest's buffer.
    /// </param>
    public int Collect(Caller caller, Span<EpollEvent> events, ref int attempts)
    {
        int filled = 0;
        EpollItem?[] taken = s_taken ??= new EpollItem[MaximumBatch];
        events = events[..Math.Min(events.Length, MaximumBatch)];
        while (filled < events.Length && attempts-- > 0 && _ready.Take() is { } item)
        {
            PollEvents happened = Look(caller, item);
            if (happened == 0 || (item.IsOneShot && !item.TryDisarm()))
            {
                continue;
            }

            taken[filled] = item;
            events[filled++] = new EpollEvent((uint)happened, item.Data);
        }

        return filled;
    }

    /// <summary>Puts back what this thread has taken and is to be reported again.</summary>
    /// <param name="count">How many events it has taken.</param>
    /// <param name="reported">
    /// How many of them, the first ones, were reported: edges and one-shots among the others are not lost.
    /// </param>
    public void Settle(int count, int reported)
    {
        Span<EpollItem?> taken = s_taken.AsSpan(0, count);
        bool signal = false;
        for (int i = 0; i < reported; i++)
        {
            EpollItem item = taken[i]!;
            signal |= !item.IsOneShot && !item.IsEdgeTriggered && _ready.Add(item);
        }

        for (int i = count - 1; i >= reported; i--)
        {
            EpollItem item = taken[i]!;
            if (item.IsOneShot)
            {
                item.Rearm();
            }

            signal |= _ready.AddFirst(item);
        }

        taken.Clear();
        if (signal && !WaitQueue.IsEmpty)
        {
            // Another waiter may have found the list empty while a level-triggered item was off it.
            WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        }
    }

    /// <summary>What a set's /proc/PID/fdinfo shows: descriptor, events and data of each item.</summary>
    public (int Fd, uint Events, ulong Data)[] Describe()
    {
        using (_lock.Enter())
        {
            var lines = new (int, uint, ulong)[_items.Count];
            int next = 0;
            foreach (EpollItem item in _items.Values)
            {
                lines[next++] = (item.Fd, (uint)item.Armed, item.Data);
            }

            return lines;
        }
    }

    /// <summary>
    /// Something happened to a watched file. Its wait queue's lock is held. True when somebody waits for it.
    /// </summary>
    internal bool OnItemReady(EpollItem item)
    {
        // Also when it is on the list already: a set that watches this one has only looked at it, not taken
        // it.
        _ready.Add(item);
        bool isAwaited = !WaitQueue.IsEmpty;
        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return isAwaited;
    }

    /// <inheritdoc/>
    protected override void Destroy()
    {
        EpollItem[] items;
        using (_lock.Enter())
        {
            items = new EpollItem[_items.Count];
            _items.Values.CopyTo(items, 0);
            _items.Clear();
        }

        foreach (EpollItem item in items)
        {
            Detach(item);
        }
    }

    private static bool IsValidExclusive(OpenFile file, in EpollEvent wanted)
    {
        const PollEvents Allowed = PollEvents.In | PollEvents.Out | PollEvents.Error | PollEvents.HangUp;
        uint other = wanted.Events & ~(uint)(EpollFlags.Exclusive | EpollFlags.EdgeTriggered
            | EpollFlags.WakeUp);
        return (other & ~(uint)Allowed) == 0 && file is not EpollFile;
    }

    private static void Set(EpollItem item, in EpollEvent wanted)
    {
        var flags = (EpollFlags)wanted.Events & KnownFlags;
        item.Data = wanted.Data;
        item.IsEdgeTriggered = (flags & EpollFlags.EdgeTriggered) != 0;
        item.IsOneShot = (flags & EpollFlags.OneShot) != 0;
        item.IsExclusive = (flags & EpollFlags.Exclusive) != 0;
        item.Arm((PollEvents)(wanted.Events & ~(uint)KnownFlags));
    }

    // The present readiness as far as it was asked for; none once the file is closed.
    private static PollEvents Look(Caller caller, EpollItem item)
    {
        if (!item.File.TryAddReference())
        {
            return PollEvents.None;
        }

        PollEvents events = item.File.Poll(caller) & item.Armed;
        item.File.Release();
        return events;
    }

    private void CheckNow(Caller caller, EpollItem item)
    {
        if (Look(caller, item) != 0)
        {
            _ = OnItemReady(item);
        }
    }

    private void Detach(EpollItem item)
    {
        item.File.WaitQueue?.Remove(item);
        _ready.Remove(item);
        if (item.File is EpollFile inner)
        {
            EpollTopology.Disconnect(this, inner);
        }
    }

    // Files that were closed without EPOLL_CTL_DEL leave their items behind; they go when the table has
    // doubled.
    private void SweepLocked()
    {
        if (_items.Count < _sweepAt)
        {
            return;
        }

        foreach (((int, OpenFile) key, EpollItem item) in _items)
        {
            if (item.File.TryAddReference())
            {
                item.File.Release();
            }
            else
            {
                _items.Remove(key);
                item.File.WaitQueue?.Remove(item);
                _ready.Remove(item);
            }
        }

        _sweepAt = Math.Max(64, _items.Count * 2);
    }
}
