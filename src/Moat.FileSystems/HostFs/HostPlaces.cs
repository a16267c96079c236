// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Base;

namespace Moat.FileSystems.HostFs;

/// <summary>The names by which a host inode can be found: one, and more where the guest made hard links.</summary>
/// <remarks>Locks: its own, of rank Leaf, for changes; the present name is read without.</remarks>
internal sealed class HostPlaces
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private HostPlace? _current;
    private List<HostPlace>? _others;

    internal HostPlaces(HostPlace? place) => _current = place;

    /// <summary>The name to use; null for a root and for what has none left.</summary>
    internal HostPlace? Current => Volatile.Read(ref _current);

    /// <summary>A hard link was made.</summary>
    internal void Add(HostPlace place)
    {
        using (_lock.Enter())
        {
            (_others ??= []).Add(place);
        }
    }

    /// <summary>A name is gone (null), or has become another one.</summary>
    internal void Replace(HostInode parent, ReadOnlySpan<byte> name, HostPlace? replacement)
    {
        using (_lock.Enter())
        {
            if (_current is { } current && current.Parent == parent && name.SequenceEqual(current.Name))
            {
                if (replacement is null && _others is { Count: > 0 } others)
                {
                    replacement = others[^1];
                    others.RemoveAt(others.Count - 1);
                }

                Volatile.Write(ref _current, replacement);
                return;
            }

            for (int i = (_others?.Count ?? 0) - 1; i >= 0; i--)
            {
                if (_others![i].Parent != parent || !name.SequenceEqual(_others[i].Name))
                {
                    continue;
                }

                _others.RemoveAt(i);
                if (replacement is not null)
                {
                    _others.Add(replacement);
                }

                return;
            }
        }
    }
}
