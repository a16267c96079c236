// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace Moat.Vfs.Events;

/// <summary>One file that an epoll set watches under one descriptor number (struct epitem).</summary>
/// <remarks>
/// Locks: the ready links belong to the set's ready lock; <see cref="Data"/> and the flags to its set lock.
/// Invariants: on the file's wait queue from being added until it is removed; holds no reference to the file,
/// so that closing the last descriptor ends the watch.
/// </remarks>
internal sealed class EpollItem(EpollFile owner, int fd, OpenFile file) : Waiter
{
    // Events asked for, or 0 after a one-shot has fired.
    private int _armed;

    internal EpollItem? NextReady;
    internal bool IsReady;
    internal bool IsRemoved;

    internal int Fd { get; } = fd;

    internal OpenFile File { get; } = file;

    /// <summary>The guest's word.</summary>
    internal ulong Data { get; set; }

    internal bool IsEdgeTriggered { get; set; }

    internal bool IsOneShot { get; set; }

    /// <summary>The events to report, errors and hang-ups included; none after a one-shot.</summary>
    internal PollEvents Armed => (PollEvents)Volatile.Read(ref _armed);

    /// <summary>Asks for events.</summary>
    internal void Arm(PollEvents events)
    {
        Interest = events;
        Volatile.Write(ref _armed, (int)(events | PollEvents.Error | PollEvents.HangUp));
    }

    /// <summary>A one-shot fires: true for the one thread that gets it.</summary>
    internal bool TryDisarm() => Interlocked.Exchange(ref _armed, 0) != 0;

    /// <summary>Arms a one-shot again that fired and was not reported, unless it was changed since.</summary>
    internal void Rearm() => Interlocked.CompareExchange(
        ref _armed, (int)(Interest | PollEvents.Error | PollEvents.HangUp), 0);

    public override bool Notify(PollEvents events) =>
        (Armed & events) != 0 && owner.OnItemReady(this) && IsExclusive;
}
