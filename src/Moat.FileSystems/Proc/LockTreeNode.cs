// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Vfs.Locks;

namespace Moat.FileSystems.Proc;

/// <summary>Who waits for a lock, and who waits behind that one.</summary>
internal sealed class LockTreeNode(ListedLock wanted)
{
    internal ListedLock Wanted { get; } = wanted;

    internal List<LockTreeNode> Behind { get; } = [];

    /// <summary>Puts one behind the first that it conflicts with, and there again.</summary>
    internal static void Insert(List<LockTreeNode> roots, in ListedLock wanted)
    {
        List<LockTreeNode> level = roots;
        for (int i = 0; i < level.Count; i++)
        {
            if (level[i].Wanted.ConflictsWith(wanted))
            {
                level = level[i].Behind;
                i = -1;
            }
        }

        level.Add(new LockTreeNode(wanted));
    }
}
