// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs.Locks;

namespace Moat.Vfs;

/// <summary>A file, directory or other node of a file system, whatever its names.</summary>
/// <remarks>
/// The VFS has checked permissions, read-only mounts and names (not ".", "..", no slash, 1 to 255 bytes)
/// before it calls; methods that change names run under <see cref="FileSystem.NamespaceLock"/>. What a type
/// does not override answers with Linux's errno for "cannot".
/// </remarks>
public abstract class Inode
{
    private int _uses;
    private int _writers;
    private FileLocks? _locks;
    private object? _special;

    /// <summary>An inode of the given file system and type.</summary>
    protected Inode(FileSystem fileSystem, FileType type)
    {
        FileSystem = fileSystem;
        Type = type;
    }

    public FileSystem FileSystem { get; }

    /// <summary>The type; it never changes.</summary>
    public FileType Type { get; }

    public bool IsDirectory => Type == FileType.Directory;

    public bool IsSymlink => Type == FileType.Symlink;

    /// <summary>
    /// True when reading the link means a jump to <see cref="FollowMagicLink"/> instead of a path walk.
    /// </summary>
    public virtual bool IsMagicLink => false;

    /// <summary>False for entries that must be looked up anew each time (procfs's processes).</summary>
    public virtual bool IsCacheable => true;

    /// <summary>Record locks and flock of this file.</summary>
    public FileLocks Locks => _locks ?? Interlocked.CompareExchange(ref _locks, new FileLocks(), null)
        ?? _locks;

    /// <summary>The locks, when there ever were any.</summary>
    public FileLocks? ExistingLocks => Volatile.Read(ref _locks);

    /// <summary>What a FIFO or bound socket keeps here: the pipe, the socket. Set once.</summary>
    public virtual object? SpecialState => Volatile.Read(ref _special);

    /// <summary>
    /// Attaches the pipe or socket behind this node; returns the one that is there afterwards.
    /// </summary>
    public virtual object AttachSpecialState(object state) =>
        Interlocked.CompareExchange(ref _special, state, null) ?? state;

    /// <summary>stat(2).</summary>
    public abstract Errno GetAttributes(out InodeAttributes attributes);

    /// <summary>Mode and owner, for permission checks: cheap, no host call when cached.</summary>
    public virtual Errno GetOwnership(out InodeOwnership ownership)
    {
        Errno error = GetAttributes(out InodeAttributes attributes);
        ownership = new(attributes.Mode, attributes.Uid, attributes.Gid);
        return error;
    }

    /// <summary>chmod, chown, truncate, utimensat.</summary>
    public virtual Errno SetAttributes(Caller caller, in AttributeChange change) => Errno.EPERM;

    /// <summary>Finds a name in this directory; ENOENT when there is none.</summary>
    public virtual Result<Inode> Lookup(Caller caller, ReadOnlySpan<byte> name) => Errno.ENOTDIR;

    /// <summary>
    /// True when a cached entry is still right; asked only where <see cref="FileSystem.NeedsRevalidation"/>.
    /// </summary>
    /// <param name="parent">The directory.</param>
    /// <param name="name">This inode's name in it.</param>
    public virtual bool Revalidate(Inode parent, ReadOnlySpan<byte> name) => true;

    /// <summary>
    /// All entries but "." and ".."; the listing may be shared and is not changed any more.
    /// </summary>
    public virtual Result<DirectoryListing> List(Caller caller) => Errno.ENOTDIR;

    /// <summary>
    /// Makes a file, directory, node or symbolic link. EEXIST when the name is there after all.
    /// </summary>
    public virtual Result<Inode> Create(Caller caller, ReadOnlySpan<byte> name, in InodeCreation creation) =>
        Errno.EPERM;

    /// <summary>
    /// Makes a nameless file in this directory's file system (O_TMPFILE). It comes with one use, which the
    /// caller drops once the file is open or has got a name.
    /// </summary>
    public virtual Result<Inode> CreateTemporary(Caller caller, in InodeCreation creation) =>
        Errno.EOPNOTSUPP;

    /// <summary>Adds a name for an existing inode of the same file system.</summary>
    public virtual Errno Link(Caller caller, ReadOnlySpan<byte> name, Inode target) => Errno.EPERM;

    /// <summary>Removes the name of something that is not a directory.</summary>
    public virtual Errno Unlink(Caller caller, ReadOnlySpan<byte> name, Inode victim) => Errno.EPERM;

    /// <summary>Removes an empty directory; ENOTEMPTY otherwise.</summary>
    public virtual Errno RemoveDirectory(Caller caller, ReadOnlySpan<byte> name, Inode victim) => Errno.EPERM;

    /// <summary>
    /// Moves a name of this directory; types have been checked, a directory is not moved below itself.
    /// </summary>
    public virtual Errno Rename(
        Caller caller, ReadOnlySpan<byte> oldName, Inode source, Inode newParent, ReadOnlySpan<byte> newName,
        Inode? victim, RenameFlags flags) => Errno.EPERM;

    /// <summary>The content of a symbolic link; the array is shared.</summary>
    public virtual Result<byte[]> ReadLink(Caller caller) => Errno.EINVAL;

    /// <summary>Where a magic link leads.</summary>
    public virtual Result<Location> FollowMagicLink(Caller caller) => Errno.ENOENT;

    /// <summary>
    /// Opens it. The base class opens directories by <see cref="List"/> and hands devices and FIFOs to
    /// <see cref="VirtualFileSystem"/>. O_TRUNC has been done by the VFS through <see cref="SetAttributes"/>.
    /// </summary>
    public virtual Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) => Type switch
    {
        FileType.Directory => new ListedDirectoryFile(location, flags),
        FileType.Socket => Errno.ENXIO,
        FileType.Symlink => Errno.ELOOP,
        FileType.Regular => Errno.EINVAL,
        _ => FileSystem.Vfs.OpenSpecial(caller, location, flags),
    };

    /// <summary>
    /// getxattr(2): the value's size; ERANGE when the buffer is shorter, unless it is empty.
    /// </summary>
    public virtual Result<int> GetExtendedAttribute(Caller caller, ReadOnlySpan<byte> name,
        Span<byte> value) =>
        Errno.EOPNOTSUPP;

    /// <summary>setxattr(2) with XATTR_CREATE = 1 and XATTR_REPLACE = 2.</summary>
    public virtual Errno SetExtendedAttribute(
        Caller caller, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) => Errno.EOPNOTSUPP;

    /// <summary>
    /// listxattr(2): NUL-terminated names; sizes as for <see cref="GetExtendedAttribute"/>.
    /// </summary>
    public virtual Result<int> ListExtendedAttributes(Caller caller, Span<byte> names) => 0;

    /// <summary>removexattr(2).</summary>
    public virtual Errno RemoveExtendedAttribute(Caller caller, ReadOnlySpan<byte> name) => Errno.EOPNOTSUPP;

    /// <summary>An open file begins to use this inode.</summary>
    public void AddUse() => Interlocked.Increment(ref _uses);

    /// <summary>An open file is gone.</summary>
    public void DropUse()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
        {
            OnUnused();
        }
    }

    /// <summary>An open file that may write begins to use this inode.</summary>
    public void AddWriter() => Interlocked.Increment(ref _writers);

    /// <summary>An open file that might write is gone.</summary>
    public void DropWriter() => Interlocked.Decrement(ref _writers);

    /// <summary>True while a file is open for writing: it cannot be executed (ETXTBSY).</summary>
    public bool HasWriters => Volatile.Read(ref _writers) > 0;

    /// <summary>True while open files refer to it.</summary>
    public bool IsInUse => Volatile.Read(ref _uses) > 0;

    /// <summary>The last open file of it is gone (it may be opened again).</summary>
    protected virtual void OnUnused()
    {
    }
}
