// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Notify;

namespace Moat.Vfs.Mounting;

/// <summary>Changes of the trees of mounts: attaching, taking off (mount(2), umount2(2)).</summary>
/// <remarks>
/// Locks: <see cref="LockRank.MountTree"/>, one for all namespaces, since changes propagate between them.
/// </remarks>
public static class MountTree
{
    internal static readonly RankedLock Lock = new(LockRank.MountTree);

    /// <summary>Mounts on a directory (or a file on a file), on top of what is there.</summary>
    /// <param name="mount">A new mount, with others below it maybe.</param>
    /// <param name="place">Where.</param>
    public static Errno Attach(Mount mount, Location place)
    {
        MountTotals.MakeRoom();
        using (Lock.Enter())
        {
            return AttachLocked(mount, MountNamespace.TopMost(place));
        }
    }

    /// <summary>A new file system's mount: not again where it is mounted already.</summary>
    public static Errno AttachNew(Mount mount, Location place)
    {
        MountTotals.MakeRoom();
        using (Lock.Enter())
        {
            place = MountNamespace.TopMost(place);
            return place.IsMountRoot && place.Dentry == mount.Root
                ? Errno.EBUSY : AttachLocked(mount, place);
        }
    }

    /// <summary>MS_BIND: shows a place at another one.</summary>
    /// <param name="space">The caller's namespace.</param>
    /// <param name="from">What to show.</param>
    /// <param name="place">Where.</param>
    /// <param name="recursive">MS_REC: with the mounts below it.</param>
    public static Errno Bind(MountNamespace? space, Location from, Location place, bool recursive)
    {
        MountTotals.MakeRoom();
        using (Lock.Enter())
        {
            place = MountNamespace.TopMost(place);
            if (place.Mount.Namespace is null || place.Mount.Namespace != space)
            {
                return place.Mount.Namespace is null ? Errno.ENOENT : Errno.EINVAL;
            }

            if (!TryCopyLocked(space, from, recursive).TryGet(out Mount? copy, out Errno error))
            {
                return error;
            }

            error = AttachLocked(copy, place);
            if (error != Errno.Success)
            {
                MountCopies.DropLocked(copy);
            }

            return error;
        }
    }

    /// <summary>umount2(2) of the mount whose root the location is.</summary>
    /// <param name="space">The caller's namespace.</param>
    /// <param name="place">The top of a mount.</param>
    /// <param name="flags">MNT_*.</param>
    /// <param name="isBusy">True when files or directories of it are in use.</param>
    public static Errno Unmount(MountNamespace? space, Location place, UnmountFlags flags, bool isBusy)
    {
        Errno error = TakeOff(space, place, flags, isBusy);
        if (error == Errno.Success)
        {
            FileNotify.Unmounted(place.Mount);
        }

        return error;
    }

    private static Errno TakeOff(MountNamespace? space, Location place, UnmountFlags flags, bool isBusy)
    {
        using (Lock.Enter())
        {
            Mount mount = place.Mount;
            if (!place.IsMountRoot || mount.Namespace is null || mount.Namespace != space
                || mount.Parent is null || mount.IsLocked)
            {
                return Errno.EINVAL;
            }

            bool detach = (flags & UnmountFlags.Detach) != 0;
            if (!detach && (isBusy || mount.Children is { IsEmpty: false }))
            {
                mount.IsExpiring = false;
                return Errno.EBUSY;
            }

            if ((flags & UnmountFlags.Expire) != 0 && !mount.IsExpiring)
            {
                mount.IsExpiring = true;
                return Errno.EAGAIN;
            }

            MountRemoval.TakeOffLocked(mount);
            return Errno.Success;
        }
    }

    /// <summary>MS_SHARED and its kin.</summary>
    /// <param name="place">The top of a mount.</param>
    /// <param name="type">One of the four.</param>
    /// <param name="recursive">MS_REC.</param>
    public static Errno SetPropagation(Location place, MountFlags type, bool recursive)
    {
        using (Lock.Enter())
        {
            var mounts = new List<Mount> { place.Mount };
            if (recursive)
            {
                MountCopies.CollectLocked(mounts);
            }

            return SetPropagationLocked(mounts, type);
        }
    }

    /// <summary>The same for a list of mounts: all or none.</summary>
    internal static Errno SetPropagationLocked(List<Mount> mounts, MountFlags type)
    {
        if (type == MountFlags.Shared && mounts.Exists(
            static mount => mount.Peers is null && !MountPropagation.MayShareLocked(mount)))
        {
            return Errno.ENOSPC;
        }

        foreach (Mount mount in mounts)
        {
            Errno error = MountPropagation.SetLocked(mount, type);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return Errno.Success;
    }

    /// <summary>The flags of a remount: access times that it does not name stay.</summary>
    public static MountFlags FlagsAfter(Mount mount, MountFlags flags)
    {
        const MountFlags AnyTime = Mount.AccessTimes | MountFlags.StrictAccessTime;
        return (flags & AnyTime) == 0 ? flags | (mount.Flags & Mount.AccessTimes)
            : (flags & (MountFlags.NoAccessTime | MountFlags.StrictAccessTime)) == 0
                ? flags | MountFlags.RelativeAccessTime : flags;
    }

    /// <summary>Changes the flags of a mount: EPERM for what is locked.</summary>
    public static Errno SetFlags(Mount mount, MountFlags flags)
    {
        using (Lock.Enter())
        {
            if (!mount.MayHave(flags))
            {
                return Errno.EPERM;
            }

            mount.Flags = flags;
            return Errno.Success;
        }
    }

    /// <summary>A copy of what a place shows, in no namespace yet.</summary>
    internal static Result<Mount> TryCopyLocked(MountNamespace? space, Location from, bool recursive)
    {
        if (from.Mount.IsUnbindable || (!recursive && HasLockedChildren(from))
            || !(DetachedTrees.MayUseLocked(from.Mount, space) || from.Mount.FileSystem.BindsAnywhere))
        {
            return Errno.EINVAL;
        }

        Result<Mount> made = MountCopies.TryCopyLocked(from.Mount, from.Dentry, recursive);
        if (made.TryGet(out Mount? copy, out _))
        {
            copy.IsLocked = false;
        }

        return made;
    }

    internal static bool HasUnbindable(Mount mount)
    {
        var all = new List<Mount> { mount };
        MountCopies.CollectLocked(all);
        return all.Exists(static one => one.IsUnbindable);
    }

    internal static bool HasLockedChildren(Location at)
    {
        if (at.Mount.Children is { } children)
        {
            foreach ((Dentry place, Mount child) in children)
            {
                if (child.IsLocked && place.IsWithin(at.Dentry))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static Errno AttachLocked(Mount mount, Location place)
    {
        if (place.Dentry.IsDeleted)
        {
            return Errno.ENOENT;
        }

        if (mount.Root.Inode.IsSymlink)
        {
            return Errno.EINVAL;
        }

        if (place.Inode.IsDirectory != mount.Root.Inode.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        if (place.Mount.Namespace is not { } target)
        {
            return Errno.EINVAL;
        }

        if (!MountDepth.FitsLocked(place.Mount, MountDepth.HeightLocked(mount))
            || !target.TryCountLocked(MountCopies.SizeLocked(mount)))
        {
            return Errno.ENOSPC;
        }

        Errno error = MountPropagation.PrepareLocked(mount, place, out List<PropagatedMount> copies);
        if (error != Errno.Success)
        {
            target.UncountLocked(MountCopies.SizeLocked(mount));
            return error;
        }

        mount.Attach(place.Mount, place.Dentry);
        MountCopies.EnterLocked(mount, target);
        MountPropagation.CommitLocked(copies, place.Dentry);
        return Errno.Success;
    }
}
