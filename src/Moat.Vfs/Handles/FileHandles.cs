// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Base;

namespace Moat.Vfs.Handles;

/// <summary>The handles that one file system has given out (name_to_handle_at(2)).</summary>
/// <remarks>
/// Locks: its own, a leaf. Invariants: an entry goes with its inode, so there are no more than inodes. Only
/// what was given out opens again: a generation is 32 bits that no guest can guess from other handles.
/// </remarks>
public sealed class FileHandles
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<ulong, Dentry> _given = [];

    /// <summary>Remembers where a handle leads.</summary>
    /// <param name="number">st_ino.</param>
    /// <param name="dentry">A name of it, for when the handle is opened.</param>
    public void Give(ulong number, Dentry dentry)
    {
        using (_lock.Enter())
        {
            if (!_given.TryGetValue(number, out Dentry? known) || known.IsDeleted)
            {
                _given[number] = dentry;
            }
        }

        if (dentry.Inode.IsGone)
        {
            // It went meanwhile, and nobody will say so again.
            Forget(number);
        }
    }

    /// <summary>Where a handle leads; null when it was never given out or its inode is gone.</summary>
    public Dentry? Find(ulong number, uint generation)
    {
        using (_lock.Enter())
        {
            return _given.TryGetValue(number, out Dentry? known) && !known.Inode.IsGone
                && known.Inode.Generation == generation ? known : null;
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
