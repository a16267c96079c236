// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;

namespace Moat.Vfs.Mounting;

/// <summary>
/// Shared subtrees (mount_namespaces(7)): which mounts see the changes of which others.
/// </summary>
/// <remarks>Locks: the mount tree's is held.</remarks>
internal static class MountPropagation
{
    /// <summary>How many groups may be slaves of one another in a row: changes walk all of them.</summary>
    private const int MostMasters = 64;

    /// <summary>Changes one mount's type; ENOSPC for a slave of too many that is to be shared.</summary>
    internal static Errno SetLocked(Mount mount, MountFlags type)
    {
        switch (type)
        {
            case MountFlags.Shared:
                if (mount.Peers is null)
                {
                    if (!MayShareLocked(mount))
                    {
                        return Errno.ENOSPC;
                    }

                    JoinLocked(mount, new PeerGroup(), mount.Master);
                }

                mount.IsUnbindable = false;
                return Errno.Success;
            case MountFlags.Slave:
                if (mount.Peers is { } peers)
                {
                    PeerGroup? master = peers.Members.Count > 1 ? peers : mount.Master;
                    LeaveLocked(mount);
                    JoinLocked(mount, null, master);
                }

                return Errno.Success;
            default:
                LeaveLocked(mount);
                mount.IsUnbindable = type == MountFlags.Unbindable;
                return Errno.Success;
        }
    }

    /// <summary>False for a slave of too many.</summary>
    internal static bool MayShareLocked(Mount mount)
    {
        int masters = 0;
        PeerGroup? group = mount.Master;
        while (group is not null && masters < MostMasters)
        {
            masters++;
            group = group.Master;
        }

        return masters < MostMasters;
    }

    /// <summary>Makes it a member of a group and a slave of another.</summary>
    internal static void JoinLocked(Mount mount, PeerGroup? peers, PeerGroup? master)
    {
        if (peers is not null && mount.Peers != peers)
        {
            mount.Peers = peers;
            peers.Members.Add(mount);
        }

        if (master is not null && mount.Master != master)
        {
            mount.Master?.Slaves.Remove(mount);
            mount.Master = master;
            master.Slaves.Add(mount);
        }
    }

    /// <summary>It propagates nothing any more; slaves of an emptied group go to its master.</summary>
    internal static void LeaveLocked(Mount mount)
    {
        PeerGroup? master = mount.Master;
        if (mount.Peers is { } peers)
        {
            peers.Members.Remove(mount);
            mount.Peers = null;
            if (peers.Members.Count == 0)
            {
                foreach (Mount slave in peers.Slaves)
                {
                    slave.Master = master;
                    master?.Slaves.Add(slave);
                }

                peers.Slaves.Clear();
            }
        }

        master?.Slaves.Remove(mount);
        mount.Master = null;
    }

    /// <summary>
    /// Makes the copies of a tree that is about to be mounted on a shared mount, and shares the tree.
    /// </summary>
    internal static Errno PrepareLocked(Mount tree, Location place, out List<PropagatedMount> copies)
    {
        copies = [];
        if (place.Mount.Peers is null)
        {
            return Errno.Success;
        }

        var all = new List<Mount> { tree };
        MountCopies.CollectLocked(all);
        foreach (Mount mount in all)
        {
            Errno error = SetLocked(mount, MountFlags.Shared);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        int height = MountDepth.HeightLocked(tree);
        var groups = new Dictionary<(Mount, PeerGroup), PeerGroup>();
        foreach (Mount target in TargetsLocked(place.Mount))
        {
            // Detached trees tell of changes and receive none.
            if (!place.Dentry.IsWithin(target.Root) || target.Namespace is not { IsAnonymous: false } space)
            {
                continue;
            }

            int levels = target.TryGetMounted(place.Dentry, out Mount? above)
                ? height + MountDepth.HeightLocked(above) : height;
            if (!MountDepth.FitsLocked(target, levels) || !space.TryCountLocked(all.Count))
            {
                CancelLocked(copies);
                return Errno.ENOSPC;
            }

            Mount copy = CopyFor(target, place.Mount.Peers, tree, groups);
            if (space.Owner != place.Mount.Namespace?.Owner)
            {
                MountCopies.LockLocked(copy, withTop: false);
            }

            copies.Add(new PropagatedMount(copy, target));
        }

        return Errno.Success;
    }

    /// <summary>True when what is mounted there on one mount appears on another one.</summary>
    internal static bool ReachesLocked(Mount from, Mount to, Dentry place) =>
        from.Peers is not null && to.Root == place && to.Namespace is { IsAnonymous: false }
            && TargetsLocked(from).Contains(to);

    /// <summary>Attaches the copies.</summary>
    internal static void CommitLocked(List<PropagatedMount> copies, Dentry place)
    {
        foreach ((Mount copy, Mount parent) in copies)
        {
            MountNamespace space = parent.Namespace!;
            if (parent.TryGetMounted(place, out Mount? above))
            {
                // What is mounted there stays on top (a tucked mount).
                copy.AttachBelow(above);
            }
            else
            {
                copy.Attach(parent, place);
            }

            MountCopies.EnterLocked(copy, space);
        }
    }

    // Peers, slaves, their peers and slaves; masters before slaves.
    private static List<Mount> TargetsLocked(Mount origin)
    {
        var targets = new List<Mount>();
        var groups = new List<PeerGroup> { origin.Peers! };
        var seen = new HashSet<PeerGroup> { origin.Peers! };
        for (int i = 0; i < groups.Count; i++)
        {
            foreach (Mount peer in groups[i].Members)
            {
                if (peer != origin)
                {
                    targets.Add(peer);
                }
            }

            foreach (Mount slave in groups[i].Slaves)
            {
                if (slave.Peers is null)
                {
                    targets.Add(slave);
                }
                else if (seen.Add(slave.Peers))
                {
                    groups.Add(slave.Peers);
                }
            }
        }

        return targets;
    }

    private static Mount CopyFor(Mount target, PeerGroup origin, Mount tree,
        Dictionary<(Mount, PeerGroup), PeerGroup> groups)
    {
        int left = int.MaxValue;
        Mount copy = CopyOne(tree, tree.Root);
        _ = MountCopies.CopyChildren(tree, copy, null, null, CopyOne, ref left);
        return copy;

        Mount CopyOne(Mount original, Dentry root)
        {
            Mount made = MountCopies.Bare(original, root);
            made.IsLocked = original != tree && original.IsLocked;
            if (target.Peers == origin)
            {
                JoinLocked(made, original.Peers, original.Master);
            }
            else
            {
                PeerGroup? master = target.Master is { } above ? GroupOf(original, above) : original.Peers;
                JoinLocked(made, target.Peers is { } own ? GroupOf(original, own) : null, master);
            }

            return made;
        }

        PeerGroup GroupOf(Mount original, PeerGroup of)
        {
            if (of == origin)
            {
                return original.Peers!;
            }

            if (!groups.TryGetValue((original, of), out PeerGroup? group))
            {
                group = new PeerGroup();
                groups.Add((original, of), group);
            }

            return group;
        }
    }

    private static void CancelLocked(List<PropagatedMount> copies)
    {
        foreach ((Mount copy, Mount parent) in copies)
        {
            parent.Namespace?.UncountLocked(MountCopies.SizeLocked(copy));
            MountCopies.DropLocked(copy);
        }
    }
}
