// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// The directory descriptors that stay open for reuse: a fixed number, replaced by the clock algorithm.
/// </summary>
/// <remarks>Locks: its own, of rank Leaf.</remarks>
internal sealed class HostDirectoryHandles(HostFileSystemOptions options)
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly HostDirectoryHandle?[] _slots = new HostDirectoryHandle?[options.MaxDirectoryHandles];
    private int _hand;

    /// <summary>Takes over a reference; some other handle may lose its place.</summary>
    internal void Add(HostDirectoryHandle handle)
    {
        HostDirectoryHandle? evicted;
        using (_lock.Enter())
        {
            for (int i = 0; _slots[_hand] is { } seen && seen.TakeTouch() && i < _slots.Length; i++)
            {
                _hand = (_hand + 1) % _slots.Length;
            }

            evicted = _slots[_hand];
            _slots[_hand] = handle;
            _hand = (_hand + 1) % _slots.Length;
        }

        if (evicted is not null)
        {
            evicted.Owner.ForgetHandle(evicted);
            evicted.Release();
        }
    }
}
