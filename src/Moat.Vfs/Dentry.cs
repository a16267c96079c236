// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Threading;

namespace Moat.Vfs;

/// <summary>
/// A name in a directory and the inode it leads to; or, cached, the knowledge that there is none.
/// </summary>
/// <remarks>
/// Locks: children are read without a lock and changed under <see cref="FileSystem.NamespaceLock"/>; name and
/// parent change there too, inside <see cref="Paths.PathFormatter.BeginRename"/>.
/// Invariants: <see cref="Inode"/> never changes; a missing name that appears gets a new dentry. A child that
/// nobody used for a while is held by a weak reference (see <see cref="DentryPruner"/>): as long as anything
/// else holds it, lookups go on finding the same object.
/// </remarks>
public sealed class Dentry
{
    private ConcurrentDictionary<byte[], object>? _children;
    private int _changes;
    private int _mounts;
    private volatile bool _isDeleted;
    private bool _isTouched;

    private Dentry(FileSystem fileSystem, Dentry? parent, byte[] name, Inode? inode)
    {
        FileSystem = fileSystem;
        Parent = parent ?? this;
        Name = name;
        Inode = inode!;
    }

    public FileSystem FileSystem { get; }

    /// <summary>The directory; a root is its own parent.</summary>
    public Dentry Parent { get; private set; }

    /// <summary>The name in <see cref="Parent"/>; empty for a root. Not to be changed.</summary>
    public byte[] Name { get; private set; }

    /// <summary>
    /// What it leads to; null only for a cached missing name, which no <see cref="Location"/> holds.
    /// </summary>
    public Inode Inode { get; }

    public bool IsMissing => Inode is null;

    /// <summary>True when it has no parent (the root of a file system, or something anonymous).</summary>
    public bool IsRoot => ReferenceEquals(Parent, this);

    /// <summary>True once its name was removed while it was still in use.</summary>
    public bool IsDeleted => _isDeleted;

    /// <summary>True when something is mounted here, in whatever namespace.</summary>
    public bool IsMountPoint => Volatile.Read(ref _mounts) > 0;

    /// <summary>What an anonymous dentry is called in /proc/PID/fd ("pipe:[5]"), or null.</summary>
    public string? AnonymousName { get; private init; }

    /// <summary>The root of a file system.</summary>
    public static Dentry CreateRoot(Inode inode) => new(inode.FileSystem, null, [], inode);

    /// <summary>A dentry outside every tree, for a file that has no path.</summary>
    public static Dentry CreateAnonymous(Inode inode, string name) =>
        new(inode.FileSystem, null, [], inode) { AnonymousName = name };

    /// <summary>
    /// A dentry that its parent does not know: a file without a name, or one that is not to be cached.
    /// </summary>
    public static Dentry CreateUncached(Dentry parent, ReadOnlySpan<byte> name, Inode inode,
        bool deleted = false) =>
        new(parent.FileSystem, parent, name.ToArray(), inode) { _isDeleted = deleted };

    /// <summary>Number of changes of names in this directory: compare before and after a lookup.</summary>
    internal int Changes => Volatile.Read(ref _changes);

    /// <summary>Finds a cached name without a lock or an allocation.</summary>
    internal bool TryGetChild(ReadOnlySpan<byte> name, [MaybeNullWhen(false)] out Dentry child)
    {
        ConcurrentDictionary<byte[], object>? children = Volatile.Read(ref _children);
        if (children is null
            || !children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out object? entry))
        {
            child = null;
            return false;
        }

        child = entry as Dentry;
        if (child is null)
        {
            return TryRevive(children, (WeakReference<Dentry>)entry, out child);
        }

        if (!child._isTouched)
        {
            child._isTouched = true;
        }

        return true;
    }

    /// <summary>Puts a name into the cache, replacing what was known. NamespaceLock is held.</summary>
    internal Dentry SetChild(ReadOnlySpan<byte> name, Inode? inode)
    {
        var child = new Dentry(FileSystem, this, name.ToArray(), inode) { _isTouched = true };
        DentryPruner.BeforeAdd(FileSystem);
        ConcurrentDictionary<byte[], object> children = Children();
        if (children.TryGetValue(child.Name, out object? old) && old is Dentry)
        {
            FileSystem.CountDentries(-1);
        }

        children[child.Name] = child;
        return child;
    }

    /// <summary>Announces a change of names; before and after it. NamespaceLock is held.</summary>
    internal void MarkChanged() => Interlocked.Increment(ref _changes);

    /// <summary>Takes a name out of the cache. NamespaceLock is held.</summary>
    internal void Forget(Dentry child)
    {
        if (_children is { } children && children.TryGetValue(child.Name, out object? present)
            && (present == child || (present is WeakReference<Dentry> weak
            && weak.TryGetTarget(out Dentry? old) && old == child)))
        {
            FileSystem.CountDentries(present is Dentry ? -1 : 0);
            children.TryRemove(child.Name, out _);
        }
    }

    /// <summary>
    /// The name was removed: what still refers to this dentry sees a deleted file. NamespaceLock is held.
    /// </summary>
    internal void Delete()
    {
        Parent.Forget(this);
        _isDeleted = true;
    }

    /// <summary>Moves it under a new name. NamespaceLock is held, within BeginRename.</summary>
    internal void Move(Dentry newParent, ReadOnlySpan<byte> newName)
    {
        Parent.Forget(this);
        Parent = newParent;
        Name = newName.ToArray();
        newParent.Children()[Name] = this;
        FileSystem.CountDentries(1);
    }

    /// <summary>Exchanges the places of two dentries. NamespaceLock is held, within BeginRename.</summary>
    internal static void Exchange(Dentry first, Dentry second)
    {
        (Dentry parent, byte[] name) = (first.Parent, first.Name);
        (first.Parent, first.Name) = (second.Parent, second.Name);
        (second.Parent, second.Name) = (parent, name);
        first.Parent.Children()[first.Name] = first;
        second.Parent.Children()[second.Name] = second;
    }

    /// <summary>A mount was put here or taken away. The mount tree's lock is held.</summary>
    internal void CountMount(int change) => Interlocked.Add(ref _mounts, change);

    /// <summary>True when this is <paramref name="ancestor"/> or lies below it.</summary>
    internal bool IsWithin(Dentry ancestor)
    {
        for (Dentry at = this; ; at = at.Parent)
        {
            if (at == ancestor)
            {
                return true;
            }

            if (at.IsRoot)
            {
                return false;
            }
        }
    }

    public override string ToString() => Encoding.UTF8.GetString(Name);

    /// <summary>The entries: a Dentry, or a weak reference to one. NamespaceLock is held.</summary>
    internal ConcurrentDictionary<byte[], object>? Entries => _children;

    /// <summary>Takes the mark of use away; true when there was one. NamespaceLock is held.</summary>
    internal bool TakeTouch()
    {
        bool was = _isTouched;
        _isTouched = false;
        return was;
    }

    /// <summary>Drops an empty table. NamespaceLock is held.</summary>
    internal void DropEmptyTable()
    {
        if (_children is { IsEmpty: true })
        {
            Volatile.Write(ref _children, null);
        }
    }

    private ConcurrentDictionary<byte[], object> Children() =>
        _children ?? Interlocked.CompareExchange(ref _children, new(1, 5, NameComparer.Instance), null)
            ?? _children;

    private bool TryRevive(
        ConcurrentDictionary<byte[], object> children, WeakReference<Dentry> weak,
        [MaybeNullWhen(false)] out Dentry child)
    {
        if (!weak.TryGetTarget(out child))
        {
            return false;
        }

        child._isTouched = true;
        if (children.TryUpdate(child.Name, child, weak))
        {
            FileSystem.CountDentries(1);
        }

        return true;
    }
}
