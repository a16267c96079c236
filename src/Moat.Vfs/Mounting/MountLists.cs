// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Vfs.Paths;

namespace Moat.Vfs.Mounting;

/// <summary>Mounts by id, and what can be seen from where (statmount(2), listmount(2)).</summary>
public static class MountLists
{
    /// <summary>A mount of a namespace; null where there is none.</summary>
    public static Mount? Find(MountNamespace space, ulong id) => MountIds.Find(space, id);

    /// <summary>All mounts of a namespace beyond an id, in the order of their ids.</summary>
    /// <param name="space">The namespace.</param>
    /// <param name="last">The id; 0 for all.</param>
    /// <param name="reverse">The newest first; then those before the id.</param>
    public static List<Mount> Ordered(MountNamespace space, ulong last, bool reverse)
    {
        List<Mount> all = space.Snapshot();
        if (last != 0)
        {
            all.RemoveAll(mount => reverse ? mount.UniqueId >= last : mount.UniqueId <= last);
        }

        all.Sort(Comparer<Mount>.Create((a, b) => reverse
            ? b.UniqueId.CompareTo(a.UniqueId) : a.UniqueId.CompareTo(b.UniqueId)));
        return all;
    }

    /// <summary>True when a place lies within another one, through mounts and directories.</summary>
    public static bool IsBelow(Location at, Location top)
    {
        while (at.Mount != top.Mount)
        {
            if (!at.Mount.TryGetPlace(out at))
            {
                return false;
            }
        }

        return PathFormatter.IsWithin(at.Dentry, top.Dentry);
    }

    /// <summary>The nearest group above a slave of which something can be seen; 0 for none.</summary>
    public static int DominatingGroup(Mount mount, Location root)
    {
        List<(int Group, Location Root)> members = [];
        using (MountTree.Lock.Enter())
        {
            for (PeerGroup? group = mount.Master; group is not null; group = group.Master)
            {
                foreach (Mount member in group.Members)
                {
                    if (member.Namespace == mount.Namespace)
                    {
                        members.Add((group.Id, member.RootLocation));
                    }
                }
            }
        }

        // Ways up may be long: not under the lock that every mount needs.
        foreach ((int group, Location at) in members)
        {
            if (IsBelow(at, root))
            {
                return group;
            }
        }

        return 0;
    }
}
