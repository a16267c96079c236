// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;

namespace Moat.Vfs.Mounting;

/// <summary>What mount_setattr(2) changes of a mount or of a tree of them: all of it or nothing.</summary>
/// <param name="Set">MS_* flags to set.</param>
/// <param name="Clear">Those to clear first.</param>
/// <param name="Propagation">One of MS_SHARED and its kin, or 0.</param>
/// <param name="IsRecursive">AT_RECURSIVE.</param>
public readonly record struct MountChange(MountFlags Set, MountFlags Clear, MountFlags Propagation,
    bool IsRecursive)
{
    /// <summary>Changes a mount of the caller's namespace or a detached tree.</summary>
    /// <param name="space">The caller's namespace.</param>
    /// <param name="place">The top of a mount.</param>
    /// <param name="written">Mounts on which files are open for writing: EBUSY for MS_RDONLY.</param>
    public Errno Apply(MountNamespace? space, Location place, HashSet<Mount> written)
    {
        using (MountTree.Lock.Enter())
        {
            bool isOwn = place.Mount.Namespace is { } home && home == space;
            if (!place.IsMountRoot || !(isOwn || DetachedTrees.IsTopLocked(place.Mount, out _)))
            {
                return Errno.EINVAL;
            }

            var mounts = new List<Mount> { place.Mount };
            if (IsRecursive)
            {
                MountCopies.CollectLocked(mounts);
            }

            foreach (Mount mount in mounts)
            {
                MountFlags flags = FlagsOf(mount);
                if (!mount.MayHave(flags))
                {
                    return Errno.EPERM;
                }

                if ((flags & ~mount.Flags & MountFlags.ReadOnly) != 0 && written.Contains(mount))
                {
                    return Errno.EBUSY;
                }
            }

            Errno error = Propagation == 0
                ? Errno.Success : MountTree.SetPropagationLocked(mounts, Propagation);
            if (error == Errno.Success)
            {
                foreach (Mount mount in mounts)
                {
                    mount.Flags = FlagsOf(mount);
                }
            }

            return error;
        }
    }

    private MountFlags FlagsOf(Mount mount) => (mount.Flags & ~Clear) | Set;
}
