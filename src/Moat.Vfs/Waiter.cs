// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>One entry on one <see cref="WaitQueue"/>: someone who wants to hear of an event.</summary>
/// <remarks>Invariants: on at most one queue at a time; the links belong to that queue's lock.</remarks>
public abstract class Waiter
{
    internal WaitQueue? Queue;
    internal Waiter? Previous;
    internal Waiter? Next;

    /// <summary>The events that wake this entry; Error and HangUp always do.</summary>
    public PollEvents Interest { get; set; } = PollEvents.All;

    /// <summary>True when the entry is told only of events that no other such entry has taken.</summary>
    public bool IsExclusive { get; set; }

    /// <summary>
    /// Called with the queue's lock held: must not block, call back into the object or take a lower rank.
    /// </summary>
    /// <param name="events">What happened.</param>
    /// <returns>True when it takes the event: no further entry that would take it alone is told.</returns>
    public abstract bool Notify(PollEvents events);
}
