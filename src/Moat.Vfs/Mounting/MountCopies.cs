// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Mounting;

/// <summary>Copies of mounts and of trees of them.</summary>
/// <remarks>Locks: the mount tree's is held.</remarks>
internal static class MountCopies
{
    /// <summary>Adds everything below the mounts of a list; parents come before children.</summary>
    internal static void CollectLocked(List<Mount> mounts)
    {
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
    }

    /// <summary>How many mounts a tree has.</summary>
    internal static int SizeLocked(Mount mount)
    {
        var all = new List<Mount> { mount };
        CollectLocked(all);
        return all.Count;
    }

    /// <summary>A tree belongs to a namespace from now on.</summary>
    internal static void EnterLocked(Mount mount, MountNamespace space)
    {
        var all = new List<Mount> { mount };
        CollectLocked(all);
        foreach (Mount each in all)
        {
            each.Namespace = space;
        }
    }

    /// <summary>One mount like another, in the same peer group and with the same master.</summary>
    internal static Mount CopyOne(Mount original, Dentry root)
    {
        Mount copy = Bare(original, root);
        MountPropagation.JoinLocked(copy, original.Peers, original.Master);
        return copy;
    }

    /// <summary>One mount like another that propagates nothing yet.</summary>
    internal static Mount Bare(Mount original, Dentry root) => new(root, original.Flags, original.SourceText)
    {
        LockedFlags = original.LockedFlags, HasLockedTimes = original.HasLockedTimes,
        IsLocked = original.IsLocked,
    };

    /// <summary>A copy for MS_BIND: unbindable mounts below are left out.</summary>
    internal static Result<Mount> TryCopyLocked(Mount original, Dentry root, bool recursive)
    {
        if (!recursive)
        {
            return CopyOne(original, root);
        }

        int left = MountNamespace.MaxMounts;
        Mount copy = CopyOne(original, root);
        Errno error = CopyChildren(original, copy, root, null, CopyOne, ref left);
        if (error != Errno.Success)
        {
            DropLocked(copy);
            return error;
        }

        return copy;
    }

    /// <summary>Copies what is mounted on a mount, below one of its dentries or all of it.</summary>
    /// <remarks>No recursion: a guest decides how deep mounts nest.</remarks>
    /// <param name="from">The original.</param>
    /// <param name="to">Its copy.</param>
    /// <param name="within">Only mount points within this; null for all, unbindable ones too.</param>
    /// <param name="map">Filled with the copy of each; may be null.</param>
    /// <param name="copyOne">How one is copied.</param>
    /// <param name="left">How many more there may be.</param>
    internal static Errno CopyChildren(Mount from, Mount to, Dentry? within, Dictionary<Mount, Mount>? map,
        Func<Mount, Dentry, Mount> copyOne, ref int left)
    {
        var work = new Stack<(Mount Child, Mount On, Dentry Place)>();
        Errno error = PushChildren(work, from, to, within);
        while (error == Errno.Success && work.TryPop(out (Mount Child, Mount On, Dentry Place) next))
        {
            if (--left < 0)
            {
                return Errno.ENOSPC;
            }

            Mount copy = copyOne(next.Child, next.Child.Root);
            map?.Add(next.Child, copy);
            copy.Attach(next.On, next.Place);
            error = PushChildren(work, next.Child, copy, within is null ? null : next.Child.Root);
        }

        return error;
    }

    private static Errno PushChildren(Stack<(Mount Child, Mount On, Dentry Place)> work, Mount from, Mount to,
        Dentry? within)
    {
        if (from.Children is not { } children)
        {
            return Errno.Success;
        }

        foreach ((Dentry place, Mount child) in children)
        {
            if (within is null || (!child.IsUnbindable && place.IsWithin(within)))
            {
                work.Push((child, to, place));
            }
            else if (child.IsUnbindable && child.IsLocked && place.IsWithin(within))
            {
                return Errno.EPERM;
            }
        }

        return Errno.Success;
    }

    /// <summary>Takes an unused tree apart, so that it is in no peer group and covers nothing.</summary>
    internal static void DropLocked(Mount mount)
    {
        var all = new List<Mount> { mount };
        CollectLocked(all);
        for (int i = all.Count - 1; i >= 0; i--)
        {
            all[i].Detach();
            MountPropagation.LeaveLocked(all[i]);
        }
    }

    /// <summary>What a less privileged namespace gets stays where it is and as restricted as it is.</summary>
    /// <param name="top">The tree.</param>
    /// <param name="withTop">True to lock its top as well: the root of a namespace.</param>
    internal static void LockLocked(Mount top, bool withTop)
    {
        var all = new List<Mount> { top };
        CollectLocked(all);
        foreach (Mount mount in all)
        {
            mount.LockFlags();
            mount.IsLocked = withTop || mount != top;
        }
    }
}
