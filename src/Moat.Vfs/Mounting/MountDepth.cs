// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Vfs.Mounting;

/// <summary>
/// How deep mounts nest or are stacked. Every walk through a place goes through its stack, so that what one
/// lookup costs must be bounded; Linux bounds nothing but the number of mounts.
/// </summary>
/// <remarks>Locks: the mount tree's is held.</remarks>
internal static class MountDepth
{
    /// <summary>How many mounts there may be from a namespace's root to any place.</summary>
    private const int Most = 512;

    /// <summary>True when a tree of this height may stand on a mount.</summary>
    internal static bool FitsLocked(Mount on, int height)
    {
        for (Mount? at = on; at is not null && height <= Most; at = at.Parent)
        {
            height++;
        }

        return height <= Most;
    }

    /// <summary>How many mounts a mount stands on.</summary>
    internal static int LevelLocked(Mount mount)
    {
        int level = 0;
        for (Mount? at = mount.Parent; at is not null; at = at.Parent)
        {
            level++;
        }

        return level;
    }

    /// <summary>How many levels a tree has.</summary>
    internal static int HeightLocked(Mount top)
    {
        int height = 0;
        var level = new List<Mount> { top };
        var next = new List<Mount>();
        while (level.Count > 0)
        {
            height++;
            foreach (Mount mount in level)
            {
                if (mount.Children is { } children)
                {
                    foreach ((_, Mount child) in children)
                    {
                        next.Add(child);
                    }
                }
            }

            (level, next) = (next, level);
            next.Clear();
        }

        return height;
    }
}
