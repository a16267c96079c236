// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Namespaces;
using Moat.Vfs.Notify;

namespace Moat.Vfs.Mounting;

/// <summary>
/// Trees of mounts that only an open file holds (open_tree(2), fsmount(2)): each is in an anonymous
/// namespace, counts among all mounts, and goes with its file unless it was attached meanwhile.
/// </summary>
public static class DetachedTrees
{
    /// <summary>OPEN_TREE_CLONE: a copy of what a place shows.</summary>
    /// <param name="space">The caller's namespace.</param>
    /// <param name="from">The place.</param>
    /// <param name="recursive">AT_RECURSIVE: with the mounts below it.</param>
    public static Result<Mount> Clone(MountNamespace? space, Location from, bool recursive)
    {
        MountTotals.MakeRoom();
        using (MountTree.Lock.Enter())
        {
            if (!MountTree.TryCopyLocked(space, from, recursive).TryGet(out Mount? copy, out Errno error))
            {
                return error;
            }

            MountNamespace? home = from.Mount.Namespace;
            error = MountNamespace.DetachLocked(copy, space?.Owner ?? UserNamespace.Initial,
                home is { IsAnonymous: true } ? home.Origin : home?.Id ?? 0);
            if (error != Errno.Success)
            {
                MountCopies.DropLocked(copy);
                return error;
            }

            return copy;
        }
    }

    /// <summary>fsmount(2): a new mount.</summary>
    public static Errno Enter(Mount mount, UserNamespace owner)
    {
        MountTotals.MakeRoom();
        using (MountTree.Lock.Enter())
        {
            return MountNamespace.DetachLocked(mount, owner, 0);
        }
    }

    /// <summary>The file of a tree is closed: what was not attached goes.</summary>
    internal static void Dissolve(Mount top)
    {
        using (MountTree.Lock.Enter())
        {
            if (!IsTopLocked(top, out _))
            {
                return;
            }

            MountRemoval.EndLocked(top, isWhole: true);
            top.FileSystem.CountMounts(-1);
        }

        FileNotify.Unmounted(top);
    }

    /// <summary>True for the top of a detached tree.</summary>
    internal static bool IsTopLocked(Mount mount, [NotNullWhen(true)] out MountNamespace? space)
    {
        space = mount.Namespace;
        return space is { IsAnonymous: true } && space.RootMount == mount;
    }

    /// <summary>
    /// True for mounts of the caller's namespace, and for detached ones that are copies of those or of none.
    /// </summary>
    internal static bool MayUseLocked(Mount mount, MountNamespace? space) => mount.Namespace is { } home
        && (home == space || (home.IsAnonymous && (home.Origin == 0 || home.Origin == space?.Id)));
}
