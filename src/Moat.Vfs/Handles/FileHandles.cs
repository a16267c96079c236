// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Base;
using Moat.Memory;

namespace Moat.Vfs.Handles;

/// <summary>The handles that one file system has given out (name_to_handle_at(2)).</summary>
/// <remarks>
/// Locks: its own, a leaf. Invariants: an entry goes with its inode, so there are no more than inodes. Only
/// what was given out opens again: a generation is 32 bits that no guest can guess from other handles.
/// </remarks>
public sealed class FileHandles
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<ulong, (uint Generation, Dentry Dentry)> _given = [];

    /// <summary>The generation that goes with an inode's number in its handle.</summary>
    /// <param name="number">st_ino.</param>
    /// <param name="dentry">A name of it, for when the handle is opened.</param>
    public uint Give(ulong number, Dentry dentry)
    {
        uint generation;
        using (_lock.Enter())
        {
            if (_given.TryGetValue(number, out (uint Generation, Dentry Dentry) known))
            {
                generation = known.Generation;
                if (known.Dentry.IsDeleted)
                {
                    _given[number] = (generation, dentry);
                }
            }
            else
            {
                generation = (uint)SecureRandom.Next(1UL << 32);
                _given[number] = (generation, dentry);
            }
        }

        if (dentry.Inode.IsGone)
        {
            // It went meanwhile, and nobody will say so again.
            Forget(number);
        }

        return generation;
    }

    /// <summary>Where a handle leads; null when it was never given out or its inode is gone.</summary>
    public Dentry? Find(ulong number, uint generation)
    {
        using (_lock.Enter())
        {
            return _given.TryGetValue(number, out (uint Generation, Dentry Dentry) known)
                && known.Generation == generation && !known.Dentry.Inode.IsGone ? known.Dentry : null;
        }
    }

    /// <summary>The inode is gone.</summary>
    public void Forget(ulong number)
    {
        using (_lock.Enter())
        {
            _given.Remove(number);
        }
    }
}
