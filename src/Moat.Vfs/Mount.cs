// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using Moat.Abi;
using Moat.Vfs.Mounting;

namespace Moat.Vfs;

/// <summary>One mounted file system, or part of one, in a mount namespace (struct mount).</summary>
/// <remarks>
/// Locks: the tree (parent, place, children, propagation) changes under the lock of
/// <see cref="MountTree"/>; walks read it without.
/// </remarks>
public sealed class Mount
{
    /// <summary>What decides about access times.</summary>
    internal const MountFlags AccessTimes = MountFlags.NoAccessTime | MountFlags.NoDirectoryAccessTime
        | MountFlags.RelativeAccessTime;

    /// <summary>Unique ids lie above the others: nobody takes one for the other.</summary>
    private const long FirstUniqueId = 1L << 31;

    private static long s_lastId = 20;
    private MountNamespace? _namespace;
    private ConcurrentDictionary<Dentry, Mount>? _children;
    private MountPlace? _place;
    private LastingCover? _cover;
    private ulong _flags;

    /// <summary>A mount that is not attached anywhere yet.</summary>
    /// <param name="root">What it shows: a file system's root, or any dentry for a bind mount.</param>
    /// <param name="flags">MS_* flags of this mount alone.</param>
    /// <param name="source">The first column of /proc/mounts.</param>
    public Mount(Dentry root, MountFlags flags, string source)
        : this(root, flags, new MountSource(source))
    {
    }

    /// <summary>The same with the source of another one, or one that a guest names.</summary>
    public Mount(Dentry root, MountFlags flags, MountSource source)
    {
        Root = root;
        FileSystem = root.FileSystem;
        SourceText = source;
        _flags = (ulong)(flags & MountFlags.PerMount);
        long number = Interlocked.Increment(ref s_lastId);
        Id = (int)(number & int.MaxValue);
        UniqueId = (ulong)(FirstUniqueId + number);
    }

    /// <summary>mount ID of /proc/PID/mountinfo.</summary>
    public int Id { get; }

    /// <summary>The id that no other mount has or had (STATX_MNT_ID_UNIQUE).</summary>
    public ulong UniqueId { get; }

    public FileSystem FileSystem { get; }

    /// <summary>What this mount shows at its top.</summary>
    public Dentry Root { get; }

    public string Source => SourceText.Text;

    internal MountSource SourceText { get; }

    /// <summary>True when it is the kernel's own and in no tree: of files that have no path (MNT_INTERNAL).
    /// </summary>
    public bool IsInternal { get; init; }

    /// <summary>
    /// The namespace it belongs to, an anonymous one while only a descriptor holds it; null for mounts that
    /// were taken off and for internal ones.
    /// </summary>
    public MountNamespace? Namespace
    {
        get => Volatile.Read(ref _namespace);
        internal set
        {
            if ((_namespace is null) != (value is null))
            {
                MountIds.Note(this, value is not null);
            }

            Volatile.Write(ref _namespace, value);
        }
    }

    /// <summary>Where it is mounted; null for a namespace's root and detached mounts.</summary>
    public Mount? Parent => Volatile.Read(ref _place)?.Parent;

    /// <summary>The covered dentry in <see cref="Parent"/>.</summary>
    public Dentry? MountPoint => Volatile.Read(ref _place)?.Dentry;

    public MountFlags Flags
    {
        get => (MountFlags)Volatile.Read(ref _flags);
        set => Volatile.Write(ref _flags, (ulong)(value & MountFlags.PerMount));
    }

    /// <summary>True when nothing may be changed through this mount.</summary>
    public bool IsReadOnly => (Flags & MountFlags.ReadOnly) != 0 || FileSystem.IsReadOnly;

    /// <summary>Its top.</summary>
    public Location RootLocation => new(this, Root);

    /// <summary>The group it shares changes with; null when it is not shared.</summary>
    public PeerGroup? Peers { get; internal set; }

    /// <summary>The group whose changes it receives; null when it is no slave.</summary>
    public PeerGroup? Master { get; internal set; }

    /// <summary>MS_UNBINDABLE.</summary>
    public bool IsUnbindable { get; internal set; }

    /// <summary>
    /// True when it came from a more privileged namespace: it cannot be taken off what it covers.
    /// </summary>
    internal bool IsLocked { get; set; }

    /// <summary>Flags that cannot be cleared, for the same reason.</summary>
    internal MountFlags LockedFlags { get; set; }

    /// <summary>True when access times cannot be changed.</summary>
    internal bool HasLockedTimes { get; set; }

    /// <summary>Set by a first MNT_EXPIRE; the second one takes it off.</summary>
    internal bool IsExpiring { get; set; }

    /// <summary>The mounts directly on this one; a moment's view.</summary>
    internal ConcurrentDictionary<Dentry, Mount>? Children => Volatile.Read(ref _children);

    /// <summary>
    /// True when these flags keep what is locked (mount(2), EPERM of a remount); those that are no mount's do
    /// not count.
    /// </summary>
    public bool MayHave(MountFlags flags) => (LockedFlags & ~flags) == 0
        && (!HasLockedTimes || ((flags ^ Flags) & AccessTimes) == 0);

    /// <summary>
    /// True when nothing of it is covered by locked mounts, and a new mount of the same file system is not
    /// less restricted; that one then stays so.
    /// </summary>
    public bool IsWholeFor(Mount made)
    {
        MountFlags kept = LockedFlags & MountFlags.ReadOnly;
        if ((kept & ~made.Flags) != 0 || (HasLockedTimes && ((made.Flags ^ Flags) & AccessTimes) != 0))
        {
            return false;
        }

        if (Children is { } children)
        {
            foreach ((_, Mount child) in children)
            {
                if (child.IsLocked)
                {
                    return false;
                }
            }
        }

        made.LockedFlags |= kept;
        made.HasLockedTimes |= HasLockedTimes;
        return true;
    }

    /// <summary>What a less privileged namespace gets a copy of keeps its restrictions.</summary>
    internal void LockFlags()
    {
        LockedFlags = Flags & (MountFlags.ReadOnly | MountFlags.NoSetUid | MountFlags.NoDevices
            | MountFlags.NoExecute);
        HasLockedTimes = true;
    }

    /// <summary>Finds what is mounted on a dentry of this mount.</summary>
    internal bool TryGetMounted(Dentry dentry, [MaybeNullWhen(false)] out Mount mounted)
    {
        mounted = null;
        return Volatile.Read(ref _children) is { } children && children.TryGetValue(dentry, out mounted);
    }

    /// <summary>Where it is mounted, read at one moment.</summary>
    internal bool TryGetPlace(out Location place)
    {
        MountPlace? at = Volatile.Read(ref _place);
        place = at is null ? default : new Location(at.Parent, at.Dentry);
        return at is not null;
    }

    /// <summary>Attaches it where nothing is mounted. The tree lock is held.</summary>
    internal void Attach(Mount parent, Dentry mountPoint)
    {
        Enter(new MountPlace(parent, mountPoint));
        mountPoint.CountMount(1);
        if (!parent.ChildrenToChange().TryAdd(mountPoint, this))
        {
            throw new InvalidOperationException("a mount's place is taken");
        }
    }

    /// <summary>
    /// Attaches it where another is, which stays on top: at no moment is it off what it covers. The
    /// tree lock is
    /// held.
    /// </summary>
    internal void AttachBelow(Mount above)
    {
        MountPlace at = above._place!;
        Location top = MountNamespace.TopMost(RootLocation);
        Enter(at);
        top.Dentry.CountMount(1);
        top.Mount.ChildrenToChange()[top.Dentry] = above;
        MountPoints.Remove(at.Dentry, above);
        MountPoints.Add(top.Dentry, above);
        Volatile.Write(ref above._place, new MountPlace(top.Mount, top.Dentry));
        at.Parent.ChildrenToChange()[at.Dentry] = this;
    }

    /// <summary>
    /// Takes another's place, which is nowhere then; what is there is never without a cover. The tree
    /// lock is held.
    /// </summary>
    internal void Replace(Mount other)
    {
        MountPlace at = other._place!;
        MountPlace? before = _place;
        Enter(at);
        at.Parent.ChildrenToChange()[at.Dentry] = this;
        other.FileSystem.CountMounts(-1);
        MountPoints.Remove(at.Dentry, other);
        other._place = null;
        other.Namespace = null;
        if (before is not null)
        {
            Exit(before);
        }
    }

    /// <summary>Takes it off its place and out of its namespace. The tree lock is held.</summary>
    internal void Detach()
    {
        if (_place is { } at)
        {
            _place = null;
            Exit(at);
        }

        Namespace = null;
    }

    /// <summary>
    /// It leaves its namespace together with its parent and goes on covering what it covers, for
    /// whoever still
    /// has a way in. The tree lock is held.
    /// </summary>
    internal void Leave()
    {
        if (_place is { } at)
        {
            _cover = new LastingCover(at.Dentry);
            FileSystem.CountMounts(-1);
            MountPoints.Remove(at.Dentry, this);
        }

        Namespace = null;
    }

    private void Enter(MountPlace at)
    {
        Volatile.Write(ref _place, at);
        Namespace = at.Parent.Namespace;
        FileSystem.CountMounts(1);
        MountPoints.Add(at.Dentry, this);
    }

    private void Exit(MountPlace at)
    {
        at.Parent.ChildrenToChange().TryRemove(at.Dentry, out _);
        at.Dentry.CountMount(-1);
        FileSystem.CountMounts(-1);
        MountPoints.Remove(at.Dentry, this);
    }

    private ConcurrentDictionary<Dentry, Mount> ChildrenToChange()
    {
        if (_children is null)
        {
            Volatile.Write(ref _children, new(1, 5, null));
        }

        return _children;
    }
}
