// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Shared;

namespace Moat.FileSystems.Tmpfs;

/// <summary>The kernel process's memory for the content of files, in chunks that are used again.</summary>
/// <remarks>
/// Locks: its own, a leaf.
/// Invariants: a free chunk is all zero and takes no memory. Addresses are never given back, so that a guest
/// cannot cut the process's address space into more mappings than the host allows.
/// </remarks>
public sealed class PagePool
{
    private const int SlabSize = 8 * 1024 * 1024;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Stack<(PrivateMemory Slab, int Offset)> _free = new();

    /// <summary>A chunk of zeros with one reference; ENOSPC when the host has no addresses left.</summary>
    internal Result<PageChunk> Take()
    {
        using (_lock.Enter())
        {
            if (!_free.TryPop(out (PrivateMemory Slab, int Offset) place))
            {
                if (!PrivateMemory.Create(SlabSize).TryGet(out PrivateMemory? slab, out _))
                {
                    return Errno.ENOSPC;
                }

                for (int offset = SlabSize - PageChunk.Size; offset > 0; offset -= PageChunk.Size)
                {
                    _free.Push((slab, offset));
                }

                place = (slab, 0);
            }

            return new PageChunk(this, place.Slab, place.Offset);
        }
    }

    /// <summary>Takes a chunk's memory back, after it has been discarded.</summary>
    internal void GiveBack(PrivateMemory slab, int offset)
    {
        using (_lock.Enter())
        {
            _free.Push((slab, offset));
        }
    }
}
