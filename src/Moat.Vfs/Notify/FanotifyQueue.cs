// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>The events of a fanotify group that nobody has read.</summary>
/// <remarks>
/// Locks: the group's, held by who calls. Invariants: every event but overflows and questions, of which there
/// is one for each that waits, counts in the limits.
/// </remarks>
internal sealed class FanotifyQueue(NotifyLimits limits, int maximum)
{
    private const int MostCompared = 128;
    private const int EventWeight = 4;

    private readonly LinkedList<FanotifyEvent> _events = [];
    private readonly List<FanotifyEvent> _recent = [];
    private bool _hasOverflowed;

    internal bool IsEmpty => _events.Count == 0;

    /// <summary>The next to be read; null for none.</summary>
    internal FanotifyEvent? First => _events.First?.Value;

    /// <summary>Bytes that all of them take, as FIONREAD has it on Linux: without their records.</summary>
    internal int Bytes => _events.Count * FanotifyFile.MetadataSize;

    /// <summary>Adds one; false when it was merged into another, or there is no room.</summary>
    internal bool TryAdd(FanotifyEvent added)
    {
        if (!added.Asks && TryMerge(added))
        {
            return false;
        }

        if (_events.Count >= maximum || (!added.Asks && !limits.TryAddEvent(EventWeight)))
        {
            if (!_hasOverflowed)
            {
                _hasOverflowed = true;
                var overflow = new FanotifyEvent
                {
                    Mask = FanotifyMask.QueueOverflow, HasProcess = added.HasProcess,
                };
                overflow.Node = _events.AddLast(overflow);
            }

            return false;
        }

        added.Node = _events.AddLast(added);
        if (!added.Asks)
        {
            _recent.Add(added);
        }

        return true;
    }

    /// <summary>Takes one out that is in the queue.</summary>
    internal void Remove(FanotifyEvent waiting)
    {
        _events.Remove(waiting.Node!);
        waiting.Node = null;
        if (waiting.IsOverflow)
        {
            _hasOverflowed = false;
            return;
        }

        if (!waiting.Asks)
        {
            limits.RemoveEvents(EventWeight);
        }

        if (_events.Count == 0)
        {
            _recent.Clear();
        }
        else if (!waiting.Asks)
        {
            _recent.Remove(waiting);
        }
    }

    private bool TryMerge(FanotifyEvent added)
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
}
