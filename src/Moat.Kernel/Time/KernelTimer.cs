// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Time;

/// <summary>
/// Something that happens at a point of CLOCK_MONOTONIC; armed and disarmed by a <see cref="TimerQueue"/>.
/// </summary>
/// <remarks>
/// Invariants: the fields belong to the queue's lock; a timer belongs to one queue all its life.
/// </remarks>
public abstract class KernelTimer
{
    internal int HeapIndex = -1;
    internal long DeadlineNs;

    /// <summary>
    /// Called once per arming, on the timer thread, with no lock held; it may arm the timer again. A cancel
    /// that comes at the same moment does not stop it: check your own state under your own lock.
    /// </summary>
    protected internal abstract void Expire();
}
