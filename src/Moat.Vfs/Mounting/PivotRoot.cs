// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Vfs.Mounting;

/// <summary>pivot_root(2): another mount becomes the root of a namespace.</summary>
public static class PivotRoot
{
    /// <summary>Swaps the mounts; the caller then moves roots and working directories along.</summary>
    /// <param name="space">The caller's namespace.</param>
    /// <param name="root">The caller's root directory.</param>
    /// <param name="next">The new root: the top of a mount.</param>
    /// <param name="old">Where the old root goes.</param>
    public static Errno Run(MountNamespace? space, Location root, Location next, Location old)
    {
        using (MountTree.Lock.Enter())
        {
            old = MountNamespace.TopMost(old);
            Errno error = Check(space, root, next, old);
            if (error != Errno.Success)
            {
                return error;
            }

            Mount mount = next.Mount;
            Mount before = root.Mount;
            if (before.IsLocked)
            {
                mount.IsLocked = true;
                before.IsLocked = false;
            }

            if (before.Parent is not null)
            {
                mount.Replace(before);
            }
            else
            {
                mount.Detach();
                before.Detach();
                space!.ReplaceRootLocked(mount);
            }

            mount.Namespace = space;
            before.Attach(old.Mount, old.Dentry);
            before.Namespace = space;
            before.IsExpiring = false;
            return Errno.Success;
        }
    }

    private static Errno Check(MountNamespace? space, Location root, Location next, Location old)
    {
        Mount mount = next.Mount;
        Mount before = root.Mount;
        bool isShared = old.Mount.Peers is not null || mount.Parent is { Peers: not null }
            || before.Parent is { Peers: not null };
        if (isShared || space is null || before.Namespace != space || mount.Namespace != space
            || mount.IsLocked)
        {
            return Errno.EINVAL;
        }

        if (next.Dentry.IsDeleted)
        {
            return Errno.ENOENT;
        }

        if (mount == before || old.Mount == before)
        {
            return Errno.EBUSY;
        }

        if (!root.IsMountRoot || !next.IsMountRoot || mount.Parent is null
            || !IsBelow(old, next) || !IsBelow(next, root))
        {
            return Errno.EINVAL;
        }

        return MountDepth.FitsLocked(old.Mount, MountDepth.HeightLocked(before))
            ? Errno.Success : Errno.ENOSPC;
    }

    private static bool IsBelow(Location at, Location top)
    {
        (Mount mount, Dentry dentry) = (at.Mount, at.Dentry);
        while (mount != top.Mount)
        {
            if (mount.Parent is not { } parent || mount.MountPoint is not { } place)
            {
                return false;
            }

            (mount, dentry) = (parent, place);
        }

        return dentry.IsWithin(top.Dentry);
    }
}
