// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Sockets.Unix;

/// <summary>Where, in what was received of a stream at last, one message ended and another began.</summary>
/// <remarks>
/// Locks: its queue's. Another receiver may have come in between: what it says of somebody else's bytes is
/// wrong, and harmless.
/// </remarks>
internal sealed class UnixSeams
{
    private readonly List<int> _places = [];

    /// <summary>Something else is received.</summary>
    internal void Clear() => _places.Clear();

    /// <summary>A message begins after so many bytes, more than at the last one; not at the start.</summary>
    internal void Add(int place)
    {
        if (place > 0)
        {
            _places.Add(place);
        }
    }

    /// <summary>How many of so many bytes are whole messages.</summary>
    internal int Whole(int bytes)
    {
        int whole = 0;
        foreach (int place in _places)
        {
            whole = place <= bytes ? place : whole;
        }

        return whole;
    }

    /// <summary>Where the message begins that such an end belongs to; forgets all from the end on.</summary>
    internal int Cut(int end)
    {
        while (_places.Count > 0 && _places[^1] >= end)
        {
            _places.RemoveAt(_places.Count - 1);
        }

        return _places.Count > 0 ? _places[^1] : 0;
    }
}
