// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.HostFs;

/// <summary>The listings that directories keep for reuse: so many bytes, the oldest go first.</summary>
/// <remarks>Locks: its own, of rank Leaf.</remarks>
internal sealed class HostListings
{
    private const int MaximumBytes = 1 << 20;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Queue<(HostInode Owner, int Bytes)> _kept = new();
    private int _bytes;

    /// <summary>Gives a directory its listing to keep, unless it is too large.</summary>
    internal void Add(HostInode owner, DirectoryListing listing)
    {
        int bytes = listing.Bytes;
        if (bytes > MaximumBytes / 4)
        {
            return;
        }

        using (_lock.Enter())
        {
            owner.KeepListing(listing);
            _kept.Enqueue((owner, bytes));
            _bytes += bytes;
            while (_bytes > MaximumBytes && _kept.TryDequeue(out (HostInode Owner, int Bytes) oldest))
            {
                _bytes -= oldest.Bytes;
                oldest.Owner.KeepListing(null);
            }
        }
    }
}
