// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Mounting;
using Moat.Vfs.Namespaces;

namespace Moat.Vfs;

/// <summary>A tree of mounts (mount_namespaces(7)).</summary>
/// <remarks>
/// Locks: changes take <see cref="LockRank.MountTree"/>, one lock for all namespaces (MountTree).
/// Invariants: when the last user leaves, everything in it is taken off.
/// </remarks>
public sealed class MountNamespace : GuestNamespace
{
    /// <summary>How many mounts a namespace may hold (fs.mount-max).</summary>
    public const int MaxMounts = 100_000;

    /// <summary>How many all namespaces may hold together.</summary>
    private const int MaxMountsOfAll = 200_000;

    private static int s_total;

    private int _count = 1;
    private int _users;

    /// <summary>A namespace whose root is the given mount.</summary>
    public MountNamespace(Mount root)
        : this(root, UserNamespace.Initial, 4026531832) => _users = 1;

    private MountNamespace(Mount root, UserNamespace owner, uint number)
        : base(NamespaceKind.Mount, owner, number)
    {
        RootMount = root;
        root.Namespace = this;
        Interlocked.Increment(ref s_total);
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
    public static Errno Attach(Mount mount, Location place) => MountTree.Attach(mount, place);

    /// <summary>A task or a file refers to it from now on.</summary>
    public void AddUser() => Interlocked.Increment(ref _users);

    /// <summary>The same from outside: false when it is gone already.</summary>
    public bool TryAddUser()
    {
        int users = Volatile.Read(ref _users);
        while (users > 0)
        {
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    /// <summary>One less refers to it; with the last one its mounts go.</summary>
    public void RemoveUser()
    {
        if (Interlocked.Decrement(ref _users) != 0)
        {
            return;
        }

        using (MountTree.Lock.Enter())
        {
            MountRemoval.EndLocked(RootMount, isWhole: false);
        }
    }

    /// <summary>A copy of the whole namespace (CLONE_NEWNS); ENOSPC when there are too many mounts.</summary>
    /// <param name="owner">The user namespace whose privileges count in it.</param>
    /// <param name="map">Filled with each old mount's copy, so that roots and working directories can
    /// follow.</param>
    public Result<MountNamespace> Clone(UserNamespace owner, Dictionary<Mount, Mount> map)
    {
        using (MountTree.Lock.Enter())
        {
            int left = System.Math.Min(MaxMounts, MaxMountsOfAll - Volatile.Read(ref s_total)) - 1;
            bool isLess = owner != Owner;
            Mount root = CopyOne(RootMount, RootMount.Root);
            map[RootMount] = root;
            Errno error = left < 0
                ? Errno.ENOSPC : MountCopies.CopyChildren(RootMount, root, null, map, CopyOne, ref left);
            if (error != Errno.Success)
            {
                MountCopies.DropLocked(root);
                return error;
            }

            if (isLess)
            {
                MountCopies.LockLocked(root, withTop: true);
            }

            var copy = new MountNamespace(root, owner, 0);
            MountCopies.EnterLocked(root, copy);
            copy._count = map.Count;
            Interlocked.Add(ref s_total, map.Count - 1);
            return copy;

            // What happens above is seen below; what happens below is not above.
            Mount CopyOne(Mount original, Dentry top)
            {
                Mount made = MountCopies.Bare(original, top);
                made.IsUnbindable = original.IsUnbindable;
                bool turns = isLess && original.Peers is not null;
                MountPropagation.JoinLocked(made, turns ? null : original.Peers,
                    turns ? original.Peers : original.Master);
                return made;
            }
        }
    }

    /// <summary>All mounts, parents before children, in the order of their ids among siblings.</summary>
    public List<Mount> Snapshot()
    {
        using (MountTree.Lock.Enter())
        {
            var mounts = new List<Mount> { RootMount };
            MountCopies.CollectLocked(mounts);
            mounts.Sort(1, mounts.Count - 1, Comparer<Mount>.Create((a, b) => a.Id.CompareTo(b.Id)));
            return mounts;
        }
    }

    internal void ReplaceRootLocked(Mount root) => RootMount = root;

    internal bool TryCountLocked(int more)
    {
        if (more > MaxMounts - _count || more > MaxMountsOfAll - Volatile.Read(ref s_total))
        {
            return false;
        }

        _count += more;
        Interlocked.Add(ref s_total, more);
        return true;
    }

    internal void UncountLocked(int less)
    {
        _count -= less;
        Interlocked.Add(ref s_total, -less);
    }
}
