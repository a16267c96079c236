// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs;

/// <summary>A tree of mounts (mount_namespaces(7)).</summary>
/// <remarks>Locks: changes take <see cref="LockRank.MountTree"/>, one lock for all namespaces.</remarks>
public sealed class MountNamespace
{
    /// <summary>
    /// One lock for all trees: moving between namespaces would need two otherwise, and mounts are rare.
    /// </summary>
    private static readonly RankedLock s_treeLock = new(LockRank.MountTree);

    /// <summary>How many mounts a namespace may hold (fs.mount-max).</summary>
    public const int MaxMounts = 100_000;

    private int _count = 1;

    /// <summary>A namespace whose root is the given mount.</summary>
    public MountNamespace(Mount root)
    {
        RootMount = root;
        root.Namespace = this;
    }

    /// <summary>The bottom of the tree.</summary>
    public Mount RootMount { get; private set; }

    /// <summary>The root directory, with whatever is mounted over it.</summary>
    public Location Root => TopMost(RootMount.RootLocation);

    /// <summary>Follows mounts down from a place to the one on top.</summary>
    public static Location TopMost(Location at)
    {
        while (at.Dentry.IsMountPoint && at.Mount.TryGetMounted(at.Dentry, out Mount? mounted))
        {
            at = mounted.RootLocation;
        }

        return at;
    }

    /// <summary>Mounts on a directory (or a file on a file), on top of what is there.</summary>
    public static Errno Attach(Mount mount, Location place)
    {
        using (s_treeLock.Enter())
        {
            place = TopMost(place);
            if (place.Dentry.IsDeleted)
            {
                return Errno.ENOENT;
            }

            if (place.Inode.IsDirectory != mount.Root.Inode.IsDirectory)
            {
                return Errno.ENOTDIR;
            }

            if (place.Mount.Namespace is not { } target)
            {
                return Errno.EINVAL;
            }

            if (target._count >= MaxMounts)
            {
                return Errno.ENOSPC;
            }

            target._count++;
            mount.Attach(place.Mount, place.Dentry);
            return Errno.Success;
        }
    }

    /// <summary>umount2(2) of the mount whose root the location is.</summary>
    /// <param name="place">The top of a mount.</param>
    /// <param name="detachTree">MNT_DETACH: with everything below it.</param>
    public static Errno Unmount(Location place, bool detachTree)
    {
        using (s_treeLock.Enter())
        {
            Mount mount = place.Mount;
            if (!place.IsMountRoot || mount.Namespace is not { } target || mount.Parent is null)
            {
                return Errno.EINVAL;
            }

            if (!detachTree && mount.Children is { IsEmpty: false })
            {
                return Errno.EBUSY;
            }

            target.DetachTreeLocked(mount);
        }

        Notify.FileNotify.Unmounted(place.Mount.FileSystem);
        return Errno.Success;
    }

    /// <summary>A bind mount of a place; recursive takes the mounts below along.</summary>
    public static Mount CloneTree(Location place, bool recursive)
    {
        using (s_treeLock.Enter())
        {
            return CloneLocked(place.Mount, place.Dentry, recursive);
        }
    }

    /// <summary>A copy of the whole namespace (CLONE_NEWNS).</summary>
    /// <param name="map">Filled with each old mount's copy, so that roots and working directories can
    /// follow.</param>
    public MountNamespace Clone(Dictionary<Mount, Mount> map)
    {
        using (s_treeLock.Enter())
        {
            var copy = new MountNamespace(Copy(RootMount, RootMount.Root));
            map[RootMount] = copy.RootMount;
            CopyChildrenLocked(RootMount, copy.RootMount, null, map);
            copy._count = map.Count;
            return copy;
        }
    }

    /// <summary>All mounts, parents before children, in the order of their ids among siblings.</summary>
    public List<Mount> Snapshot()
    {
        using (s_treeLock.Enter())
        {
            var mounts = new List<Mount> { RootMount };
            for (int i = 0; i < mounts.Count; i++)
            {
                if (mounts[i].Children is { } children)
                {
                    foreach ((_, Mount child) in children)
                    {
                        mounts.Add(child);
                    }
                }
            }

            mounts.Sort(1, mounts.Count - 1, Comparer<Mount>.Create((a, b) => a.Id.CompareTo(b.Id)));
            return mounts;
        }
    }

    private static Mount Copy(Mount original, Dentry root) => new(root, original.Flags, original.Source);

    private static Mount CloneLocked(Mount original, Dentry root, bool recursive)
    {
        Mount copy = Copy(original, root);
        if (recursive)
        {
            CopyChildrenLocked(original, copy, root, null);
        }

        return copy;
    }

    private static void CopyChildrenLocked(Mount from, Mount to, Dentry? within,
        Dictionary<Mount, Mount>? map)
    {
        if (from.Children is not { } children)
        {
            return;
        }

        foreach ((Dentry place, Mount child) in children)
        {
            if (within is not null && !place.IsWithin(within))
            {
                continue;
            }

            Mount copy = Copy(child, child.Root);
            map?.Add(child, copy);
            copy.Attach(to, place);
            CopyChildrenLocked(child, copy, null, map);
        }
    }

    private void DetachTreeLocked(Mount mount)
    {
        if (mount.Children is { } children)
        {
            foreach ((_, Mount child) in children)
            {
                DetachTreeLocked(child);
            }
        }

        mount.Detach();
        _count--;
    }
}
