// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;

namespace Moat.Vfs.Mounting;

/// <summary>MS_MOVE of mount(2), and move_mount(2).</summary>
public static class MountMoves
{
    /// <summary>Moves a mount with all below it, or attaches a detached tree.</summary>
    /// <param name="space">The caller's namespace.</param>
    /// <param name="root">The caller's root directory.</param>
    /// <param name="from">The top of a mount.</param>
    /// <param name="place">Where it goes.</param>
    /// <param name="isBeneath">MOVE_MOUNT_BENEATH: below what is mounted there.</param>
    public static Errno Move(MountNamespace? space, Location root, Location from, Location place,
        bool isBeneath)
    {
        MountTotals.MakeRoom();
        using (MountTree.Lock.Enter())
        {
            Mount mount = from.Mount;
            if (!from.IsMountRoot || mount.Root.Inode.IsDirectory != place.Inode.IsDirectory)
            {
                return Errno.EINVAL;
            }

            Mount? above = null;
            if (isBeneath)
            {
                above = place.IsMountRoot ? MountNamespace.TopMost(place).Mount : null;
                if (above is null || !above.TryGetPlace(out place))
                {
                    return Errno.EINVAL;
                }
            }
            else
            {
                place = MountNamespace.TopMost(place);
            }

            Errno error = CheckLocked(space, mount, place, above, root);
            if (error == Errno.Success)
            {
                error = AttachLocked(mount, place, above);
            }

            if (error == Errno.Success && mount.Namespace!.Owner != space?.Owner)
            {
                MountCopies.LockLocked(mount, withTop: false);
            }

            return error;
        }
    }

    /// <summary>MOVE_MOUNT_SET_GROUP: a private mount joins the peers and master of another one.</summary>
    /// <param name="who">Whose privileges count.</param>
    /// <param name="from">The top of the other one.</param>
    /// <param name="to">The top of the mount.</param>
    public static Errno SetGroup(Credentials who, Location from, Location to)
    {
        using (MountTree.Lock.Enter())
        {
            foreach (Mount mount in (System.ReadOnlySpan<Mount>)[from.Mount, to.Mount])
            {
                if (mount.Namespace is not { } space || !who.Has(Capability.SysAdmin, space.Owner))
                {
                    return mount.Namespace is null ? Errno.EINVAL : Errno.EPERM;
                }
            }

            (Mount source, Mount target) = (from.Mount, to.Mount);
            if (!from.IsMountRoot || !to.IsMountRoot || source.FileSystem != target.FileSystem
                || !target.Root.IsWithin(source.Root)
                || MountTree.HasLockedChildren(new Location(source, target.Root))
                || target.Peers is not null || target.Master is not null
                || (source.Peers is null && source.Master is null))
            {
                return Errno.EINVAL;
            }

            MountPropagation.JoinLocked(target, source.Peers, source.Master);
            return Errno.Success;
        }
    }

    private static Errno CheckLocked(MountNamespace? space, Mount mount, Location place, Mount? above,
        Location root)
    {
        if (place.Dentry.IsDeleted || place.Mount.Namespace is null)
        {
            return Errno.ENOENT;
        }

        bool isOwn = mount.Namespace is { } home && home == space;
        bool mayMove = isOwn
            ? mount.Parent is { Peers: null } && !mount.IsLocked && place.Mount.Namespace == space
            : DetachedTrees.IsTopLocked(mount, out MountNamespace? anonymous)
                && place.Mount.Namespace != anonymous && DetachedTrees.MayUseLocked(place.Mount, space);
        if (!mayMove || (above is not null && !MayGoBeneathLocked(mount, above, place, isOwn, root))
            || (place.Mount.Peers is not null && MountTree.HasUnbindable(mount)))
        {
            return Errno.EINVAL;
        }

        for (Mount? at = place.Mount; at is not null; at = at.Parent)
        {
            if (at == mount)
            {
                return Errno.ELOOP;
            }
        }

        int height = MountDepth.HeightLocked(mount) + (above is null ? 0 : MountDepth.HeightLocked(above));
        return MountDepth.FitsLocked(place.Mount, height) ? Errno.Success : Errno.ENOSPC;
    }

    // Nothing is to appear where it would cover what it was to lie below.
    private static bool MayGoBeneathLocked(Mount mount, Mount above, Location place, bool isOwn,
        Location root)
    {
        if (above.IsLocked || mount.TryGetMounted(mount.Root, out _) || above == root.Mount)
        {
            return false;
        }

        for (Mount? at = mount; at is not null; at = at.Parent)
        {
            if (at == above)
            {
                return false;
            }
        }

        return !MountPropagation.ReachesLocked(place.Mount, above, place.Dentry)
            && !(isOwn && MountPropagation.ReachesLocked(place.Mount, mount, place.Dentry));
    }

    private static Errno AttachLocked(Mount mount, Location place, Mount? above)
    {
        MountNamespace target = place.Mount.Namespace!;
        bool isNew = DetachedTrees.IsTopLocked(mount, out MountNamespace? anonymous);
        int size = isNew ? MountCopies.SizeLocked(mount) : 0;
        if (isNew)
        {
            // It counts already, in the namespace that ends here.
            anonymous!.UncountLocked(size);
            if (!target.TryCountLocked(size))
            {
                _ = anonymous.TryCountLocked(size);
                return Errno.ENOSPC;
            }
        }

        Errno error = MountPropagation.PrepareLocked(mount, place, out List<PropagatedMount> copies);
        if (error != Errno.Success)
        {
            if (isNew)
            {
                target.UncountLocked(size);
                _ = anonymous!.TryCountLocked(size);
            }

            return error;
        }

        if (isNew)
        {
            mount.FileSystem.CountMounts(-1);
        }
        else
        {
            mount.Detach();
        }

        if (above is null)
        {
            mount.Attach(place.Mount, place.Dentry);
        }
        else
        {
            mount.AttachBelow(above);
        }

        MountCopies.EnterLocked(mount, target);
        MountPropagation.CommitLocked(copies, place.Dentry);
        return Errno.Success;
    }
}
