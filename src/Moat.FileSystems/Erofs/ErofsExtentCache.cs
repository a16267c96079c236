// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Base;

namespace Moat.FileSystems.Erofs;

/// <summary>The extents that were decompressed last: reads in small pieces decompress each once.</summary>
/// <remarks>Locks: its own, of rank Leaf. The bytes are not changed any more once they are here.</remarks>
internal sealed class ErofsExtentCache
{
    private const int Slots = 16;
    private const long MostBytes = 16 << 20;
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly (ulong Nid, long Start, byte[]? Bytes)[] _slots = new (ulong, long, byte[]?)[Slots];
    private int _hand;
    private long _bytes;

    /// <summary>An extent of an inode, or null.</summary>
    internal byte[]? Find(ulong nid, long start)
    {
        using (_lock.Enter())
        {
            foreach (ref readonly (ulong Nid, long Start, byte[]? Bytes) slot in _slots.AsSpan())
            {
                if (slot.Nid == nid && slot.Start == start && slot.Bytes is not null)
                {
                    return slot.Bytes;
                }
            }
        }

        return null;
    }

    /// <summary>Keeps an extent; the oldest go until there is room.</summary>
    internal void Add(ulong nid, long start, byte[] bytes)
    {
        using (_lock.Enter())
        {
            for (int i = 0; i < Slots && (_slots[_hand].Bytes is not null || _bytes > MostBytes); i++)
            {
                _bytes -= _slots[_hand].Bytes?.Length ?? 0;
                _slots[_hand] = default;
                if (_bytes + bytes.Length <= MostBytes)
                {
                    break;
                }

                _hand = (_hand + 1) % Slots;
            }

            _slots[_hand] = (nid, start, bytes);
            _bytes += bytes.Length;
            _hand = (_hand + 1) % Slots;
        }
    }
}
