// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;

namespace Moat.Vfs.Mounting;

/// <summary>Taking trees of mounts off, here and everywhere they propagate to.</summary>
/// <remarks>
/// A mount that came locked from a more privileged namespace goes only together with what it covers, and then
/// goes on covering it: an open directory must not show what was masked (mount_namespaces(7)).
/// Locks: the mount tree's is held.
/// </remarks>
internal static class MountRemoval
{
    /// <summary>umount2(2): a mount with all below it, and their copies on peers and slaves.</summary>
    internal static void TakeOffLocked(Mount top)
    {
        var all = new List<Mount> { top };
        MountCopies.CollectLocked(all);
        var going = new HashSet<Mount>(all);
        List<Mount> copies = CopiesLocked(top, all, going);
        RemoveLocked(copies, going, false);
        RemoveLocked(all, going, false);
    }

    /// <summary>A mount with all below it, but nowhere else.</summary>
    /// <param name="top">The mount.</param>
    /// <param name="isWhole">True when those below stay on it, locked or not.</param>
    internal static void EndLocked(Mount top, bool isWhole)
    {
        var all = new List<Mount> { top };
        MountCopies.CollectLocked(all);
        RemoveLocked(all, [.. all], isWhole);
    }

    private static void RemoveLocked(List<Mount> mounts, HashSet<Mount> going, bool isWhole)
    {
        for (int i = mounts.Count - 1; i >= 0; i--)
        {
            Mount mount = mounts[i];
            MountNamespace? space = mount.Namespace;
            if (mount.Parent is { } parent && going.Contains(parent) && (isWhole || mount.IsLocked))
            {
                if (space is not null)
                {
                    mount.Leave();
                    space.UncountKeptLocked();
                }
            }
            else
            {
                UncoverLocked(mount, going);
                space?.UncountLocked(1);
            }

            MountPropagation.LeaveLocked(mount);
        }
    }

    // What somebody has mounted over a copy stays, where the copy was.
    private static void UncoverLocked(Mount mount, HashSet<Mount> going)
    {
        if (mount.Parent is not null && IsCovered(mount, going, out Mount? above))
        {
            above.Replace(mount);
        }
        else
        {
            mount.Detach();
        }
    }

    private static bool IsCovered(Mount mount, HashSet<Mount> going, [NotNullWhen(true)] out Mount? above) =>
        mount.TryGetMounted(mount.Root, out above) && !going.Contains(above);

    // Where a parent's peers and slaves have the same root at the same place; parents before children. Those
    // stay that others are mounted on, and locked ones unless what they are mounted on goes.
    private static List<Mount> CopiesLocked(Mount top, List<Mount> all, HashSet<Mount> going)
    {
        var sources = new HashSet<(PeerGroup, Dentry, Dentry)>();
        var places = new HashSet<Dentry>();
        foreach (Mount mount in all)
        {
            if (mount.Parent is { Peers: { } peers } && mount.MountPoint is { } place)
            {
                sources.Add((peers, place, mount.Root));
                places.Add(place);
            }
        }

        var copies = new List<Mount>();
        var gone = new HashSet<Mount>(going);
        foreach (Dentry place in places)
        {
            foreach (Mount mount in MountPoints.At(place))
            {
                if (!going.Contains(mount) && Receives(mount, sources) && gone.Add(mount))
                {
                    copies.Add(mount);
                }
            }
        }

        copies = ByLevelLocked(copies);
        for (int i = copies.Count - 1; i >= 0; i--)
        {
            if (IsNeeded(copies[i], gone))
            {
                gone.Remove(copies[i]);
            }
        }

        var first = new HashSet<(PeerGroup, Dentry, Dentry)>();
        if (top.Parent is { Peers: { } own } && top.MountPoint is { } at)
        {
            first.Add((own, at, top.Root));
        }

        foreach (Mount mount in copies)
        {
            if (mount.IsLocked && !gone.Contains(mount.Parent!) && !Receives(mount, first))
            {
                gone.Remove(mount);
            }
        }

        copies.RemoveAll(mount => !gone.Contains(mount));
        going.UnionWith(gone);
        return copies;
    }

    private static List<Mount> ByLevelLocked(List<Mount> mounts)
    {
        Mount[] sorted = [.. mounts];
        int[] levels = new int[sorted.Length];
        for (int i = 0; i < sorted.Length; i++)
        {
            levels[i] = MountDepth.LevelLocked(sorted[i]);
        }

        Array.Sort(levels, sorted);
        return [.. sorted];
    }

    private static bool Receives(Mount mount, HashSet<(PeerGroup, Dentry, Dentry)> sources)
    {
        if (mount is not { Parent: { } parent, MountPoint: { } place, Namespace: not null })
        {
            return false;
        }

        for (PeerGroup? group = parent.Peers ?? parent.Master; group is not null;
            group = group == parent.Peers ? parent.Master : group.Master)
        {
            if (sources.Contains((group, place, mount.Root)))
            {
                return true;
            }
        }

        return false;
    }

    // One that covers all of it needs it not.
    private static bool IsNeeded(Mount mount, HashSet<Mount> gone)
    {
        if (mount.Children is { } children)
        {
            foreach ((Dentry place, Mount child) in children)
            {
                if (gone.Contains(child) ? IsCovered(child, gone, out _) : place != mount.Root)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
