// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Vfs.Notify;

/// <summary>The permission events that were read from a group and not answered yet.</summary>
/// <remarks>
/// Locks: the group's, held by who calls. Invariants: one for each that waits, and no more than
/// <see cref="MostLeft"/> of whom nobody waits for any more: Linux keeps those until they are answered.
/// </remarks>
internal sealed class FanotifyReports
{
    private const int MostLeft = 1024;

    private readonly LinkedList<FanotifyEvent> _events = [];
    private int _left;

    /// <summary>One is being read.</summary>
    internal void Add(FanotifyEvent reported)
    {
        reported.IsReported = true;
        reported.Node = _events.AddLast(reported);
    }

    /// <summary>The one that was read with this descriptor, which it leaves; null for none.</summary>
    internal FanotifyEvent? Take(int fd)
    {
        foreach (FanotifyEvent reported in _events)
        {
            if (reported.Fd == fd)
            {
                Remove(reported);
                return reported;
            }
        }

        return null;
    }

    /// <summary>The first; null for none.</summary>
    internal FanotifyEvent? First => _events.First?.Value;

    /// <summary>One is answered.</summary>
    internal void Remove(FanotifyEvent answered)
    {
        if (answered.Node is { } node)
        {
            _events.Remove(node);
            answered.Node = null;
            _left -= answered.Inquiry is null ? 1 : 0;
        }
    }

    /// <summary>Nobody waits for one any more.</summary>
    internal void Leave(FanotifyEvent reported)
    {
        if (reported.Node is null)
        {
            return;
        }

        reported.Inquiry = null;
        if (++_left <= MostLeft)
        {
            return;
        }

        for (LinkedListNode<FanotifyEvent>? at = _events.First; at is not null; at = at.Next)
        {
            if (at.Value.Inquiry is null)
            {
                Remove(at.Value);
                return;
            }
        }
    }
}
