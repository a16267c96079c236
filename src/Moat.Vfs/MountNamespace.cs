// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
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

    private static readonly ConcurrentDictionary<ulong, MountNamespace> s_living = new(1, 31);
    private static ulong s_lastId;

    private int _count = 1;
    private int _users;

    /// <summary>A namespace whose root is the given mount.</summary>
    public MountNamespace(Mount root)
        : this(root, UserNamespace.Initial, 4026531832) => AddUser();

    private MountNamespace(Mount root, UserNamespace owner, uint number)
        : base(NamespaceKind.Mount, owner, number)
    {
        RootMount = root;
        root.Namespace = this;
        MountTotals.Add(1);
    }

    /// <summary>The id that no other namespace has or had (NS_GET_MNTNS_ID).</summary>
    public ulong Id { get; } = Interlocked.Increment(ref s_lastId);

    /// <summary>True for that of a detached tree, which an open file holds: nobody lives in it.</summary>
    public bool IsAnonymous { get; private init; }

    /// <summary>
    /// Of an anonymous one: the id of the namespace whose mounts were copied, and where alone they may be
    /// used; 0 where they came from no other mount.
    /// </summary>
    internal ulong Origin { get; private init; }

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
    public void AddUser()
    {
        if (Interlocked.Increment(ref _users) == 1)
        {
            s_living[Id] = this;
        }
    }

    /// <summary>One that is in use, by its id.</summary>
    public static MountNamespace? Find(ulong id) => s_living.GetValueOrDefault(id);

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

        s_living.TryRemove(Id, out _);
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
        MountTotals.MakeRoom();
        using (MountTree.Lock.Enter())
        {
            int left = System.Math.Min(MaxMounts, MountTotals.Left) - 1;
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
            MountTotals.Add(map.Count - 1);
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

    /// <summary>Puts a tree that is in no namespace into one of its own; ENOSPC.</summary>
    /// <param name="tree">Its top.</param>
    /// <param name="owner">Whose privileges count.</param>
    /// <param name="origin">See <see cref="Origin"/>.</param>
    internal static Errno DetachLocked(Mount tree, UserNamespace owner, ulong origin)
    {
        int size = MountCopies.SizeLocked(tree);
        if (size > MaxMounts || size > MountTotals.Left)
        {
            return Errno.ENOSPC;
        }

        var space = new MountNamespace(tree, owner, 1) { IsAnonymous = true, Origin = origin, _count = size };
        MountTotals.Add(size - 1);
        MountCopies.EnterLocked(tree, space);
        tree.FileSystem.CountMounts(1);
        return Errno.Success;
    }

    internal bool TryCountLocked(int more)
    {
        if (more > MaxMounts - _count || more > MountTotals.Left)
        {
            return false;
        }

        _count += more;
        MountTotals.Add(more);
        return true;
    }

    internal void UncountLocked(int less)
    {
        _count -= less;
        MountTotals.Add(-less);
    }

    /// <summary>One leaves that keeps its place: it is among all until the collector finds it.</summary>
    internal void UncountKeptLocked()
    {
        _count--;
        MountTotals.Keep();
    }
}
