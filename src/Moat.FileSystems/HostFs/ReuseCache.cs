// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// The descriptors that stay open for reuse: a fixed number, replaced by the clock algorithm.
/// </summary>
/// <remarks>Locks: its own, of rank Leaf.</remarks>
internal sealed class ReuseCache(int size)
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly IReusable?[] _slots = new IReusable?[size];
    private int _hand;

    /// <summary>Takes over a reference; something else may lose its place.</summary>
    internal void Add(IReusable item)
    {
        IReusable? evicted;
        using (_lock.Enter())
        {
            for (int i = 0; _slots[_hand] is { } seen && seen.TakeTouch() && i < _slots.Length; i++)
            {
                _hand = (_hand + 1) % _slots.Length;
            }

            evicted = _slots[_hand];
            _slots[_hand] = item;
            _hand = (_hand + 1) % _slots.Length;
        }

        evicted?.Evict();
    }

    /// <summary>Takes all places away: descriptors have run out.</summary>
    internal void Clear()
    {
        for (int i = 0; i < _slots.Length; i++)
        {
            IReusable? evicted;
            using (_lock.Enter())
            {
                evicted = _slots[i];
                _slots[i] = null;
            }

            evicted?.Evict();
        }
    }
}
