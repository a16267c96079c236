// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using Moat.Abi;

namespace Moat.Vfs;

/// <summary>One mounted file system, or part of one, in a mount namespace (struct mount).</summary>
/// <remarks>
/// Locks: the tree (parent, place, children) changes under its namespace's lock; walks read it without.
/// </remarks>
public sealed class Mount
{
    private static int s_lastId = 20;
    private ConcurrentDictionary<Dentry, Mount>? _children;
    private ulong _flags;

    /// <summary>A mount that is not attached anywhere yet.</summary>
    /// <param name="root">What it shows: a file system's root, or any dentry for a bind mount.</param>
    /// <param name="flags">MS_* flags of this mount alone.</param>
    /// <param name="source">The first column of /proc/mounts.</param>
    public Mount(Dentry root, MountFlags flags, string source)
    {
        Root = root;
        FileSystem = root.FileSystem;
        Source = source;
        _flags = (ulong)(flags & MountFlags.PerMount);
        Id = Interlocked.Increment(ref s_lastId);
    }

    /// <summary>mount ID of /proc/PID/mountinfo.</summary>
    public int Id { get; }

    public FileSystem FileSystem { get; }

    /// <summary>What this mount shows at its top.</summary>
    public Dentry Root { get; }

    public string Source { get; }

    /// <summary>The namespace it is attached in; null for detached and internal mounts.</summary>
    public MountNamespace? Namespace { get; internal set; }

    /// <summary>Where it is mounted; null for a namespace's root and detached mounts.</summary>
    public Mount? Parent { get; private set; }

    /// <summary>The covered dentry in <see cref="Parent"/>.</summary>
    public Dentry? MountPoint { get; private set; }

    public MountFlags Flags
    {
        get => (MountFlags)Volatile.Read(ref _flags);
        set => Volatile.Write(ref _flags, (ulong)(value & MountFlags.PerMount));
    }

    /// <summary>True when nothing may be changed through this mount.</summary>
    public bool IsReadOnly => (Flags & MountFlags.ReadOnly) != 0 || FileSystem.IsReadOnly;

    /// <summary>Its top.</summary>
    public Location RootLocation => new(this, Root);

    /// <summary>The mounts directly on this one; a moment's view.</summary>
    internal ConcurrentDictionary<Dentry, Mount>? Children => Volatile.Read(ref _children);

    /// <summary>Finds what is mounted on a dentry of this mount.</summary>
    internal bool TryGetMounted(Dentry dentry, [MaybeNullWhen(false)] out Mount mounted)
    {
        mounted = null;
        return Volatile.Read(ref _children) is { } children && children.TryGetValue(dentry, out mounted);
    }

    /// <summary>Attaches it. The namespace's lock is held.</summary>
    internal void Attach(Mount parent, Dentry mountPoint)
    {
        Parent = parent;
        MountPoint = mountPoint;
        Namespace = parent.Namespace;
        parent._children ??= new(1, 5, null);
        parent._children[mountPoint] = this;
        mountPoint.CountMount(1);
        FileSystem.CountMounts(1);
    }

    /// <summary>Detaches it. The namespace's lock is held.</summary>
    internal void Detach()
    {
        if (Parent is { } parent && MountPoint is { } mountPoint)
        {
            parent._children!.TryRemove(mountPoint, out _);
            mountPoint.CountMount(-1);
            FileSystem.CountMounts(-1);
        }

        Parent = null;
        MountPoint = null;
        Namespace = null;
    }
}
