// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs.Acls;
using Moat.Vfs.Locks;
using Moat.Vfs.Notify;

namespace Moat.Vfs;

/// <summary>A file, directory or other node of a file system, whatever its names.</summary>
/// <remarks>
/// The VFS has checked permissions, read-only mounts and names (not ".", "..", no slash, 1 to 255 bytes)
/// before it calls; methods that change names run under <see cref="FileSystem.NamespaceLock"/>. What a type
/// does not override answers with Linux's errno for "cannot".
/// </remarks>
public abstract class Inode
{
    // Small on purpose: there is one of these for every file that was ever looked at.
    private readonly ushort _type;
    private int _uses;
    private int _writers;
    private int _readers;
    private FileLocks? _locks;
    private object? _special;
    private NotifyWatch[] _watches = [];

    /// <summary>An inode of the given file system and type.</summary>
    protected Inode(FileSystem fileSystem, FileType type)
    {
        FileSystem = fileSystem;
        _type = (ushort)type;
    }

    public FileSystem FileSystem { get; }

    /// <summary>The type; it never changes.</summary>
    public FileType Type => (FileType)_type;

    public bool IsDirectory => Type == FileType.Directory;

    public bool IsSymlink => Type == FileType.Symlink;

    /// <summary>
    /// True when reading the link means a jump to <see cref="FollowMagicLink"/> instead of a path walk.
    /// </summary>
    public virtual bool IsMagicLink => false;

    /// <summary>False for entries that must be looked up anew each time (procfs's processes).</summary>
    public virtual bool IsCacheable => true;

    /// <summary>Record locks and flock of this file.</summary>
    public FileLocks Locks => _locks ?? Interlocked.CompareExchange(ref _locks, new FileLocks(this), null)
        ?? _locks;

    /// <summary>The locks, when there ever were any.</summary>
    public FileLocks? ExistingLocks => Volatile.Read(ref _locks);

    /// <summary>Who watches it: this moment's list, not to be changed.</summary>
    internal ReadOnlySpan<NotifyWatch> Watches => Volatile.Read(ref _watches);

    /// <summary>Its last name is gone; watchers hear of that when it is not in use any more.</summary>
    internal bool HasLostNames { get; set; }

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
    /// Fetches attributes anew that are too old, so that <see cref="GetAttributes"/> need not wait; does
    /// something only where <see cref="FileSystem.IsServed"/>.
    /// </summary>
    /// <param name="caller">Who needs them.</param>
    /// <param name="forPermission">True when it is for a permission check only.</param>
    public virtual Errno Refresh(Caller caller, bool forPermission) => Errno.Success;

    /// <summary>
    /// Rules that stand before mode bits, or in place of them; asked only where
    /// <see cref="FileSystem.IsServed"/>.
    /// </summary>
    /// <param name="credentials">Who wants it.</param>
    /// <param name="access">What is wanted.</param>
    /// <param name="isDecided">True when mode bits do not count.</param>
    public virtual Errno CheckOwnRules(Credentials credentials, Paths.Access access, out bool isDecided)
    {
        isDecided = false;
        return Errno.Success;
    }

    /// <summary>access(2) and chdir(2), for file systems that others serve and decide about.</summary>
    public virtual Errno CheckAccess(Caller caller, Paths.Access access) => Errno.Success;

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

    /// <summary>fsync(2) of a directory.</summary>
    public virtual Errno SyncDirectory() => Errno.Success;

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

    /// <summary>True where POSIX ACLs can be set.</summary>
    public virtual bool MayHaveAcls => false;

    /// <summary>Its ACLs; null for none.</summary>
    public virtual AclPair? Acls => null;

    /// <summary>What new files in this directory get, as far as is known without delay.</summary>
    public virtual PosixAcl? DefaultAcl => Acls?.Default;

    /// <summary>
    /// Sets (or with null removes) an ACL that has been checked; an access ACL together with the mode. EAGAIN
    /// when owner or mode are not what was checked.
    /// </summary>
    public virtual Errno SetAcl(
        Caller caller, bool isDefault, PosixAcl? acl, uint mode, in InodeOwnership seen) => Errno.EOPNOTSUPP;

    /// <summary>An open file begins to use this inode.</summary>
    public void AddUse() => Interlocked.Increment(ref _uses);

    /// <summary>An open file is gone.</summary>
    public void DropUse()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
        {
            if ((_watches.Length > 0 || FileSystem.HasWideMarks)
                && (HasLostNames || FileNotify.IsNameless(this)))
            {
                FileNotify.Deleted(this);
            }

            OnUnused();
        }
    }

    /// <summary>An open file that may write begins to use this inode.</summary>
    public void AddWriter() => Interlocked.Increment(ref _writers);

    /// <summary>An open file that might write is gone.</summary>
    public void DropWriter() => Interlocked.Decrement(ref _writers);

    /// <summary>Tells inodes of one number apart in handles; secret until a handle is given out.</summary>
    public virtual uint Generation => 0;

    /// <summary>
    /// True once it has neither names nor uses and its content is gone: no handle opens it.
    /// </summary>
    public virtual bool IsGone => false;

    /// <summary>An open file that only reads begins to use this inode.</summary>
    public void AddReader() => Interlocked.Increment(ref _readers);

    /// <summary>An open file that only reads is gone.</summary>
    public void DropReader() => Interlocked.Decrement(ref _readers);

    /// <summary>How many open files only read it.</summary>
    internal int Readers => Volatile.Read(ref _readers);

    /// <summary>How many open files may write it.</summary>
    internal int Writers => Volatile.Read(ref _writers);

    /// <summary>True while a file is open for writing: it cannot be executed (ETXTBSY).</summary>
    public bool HasWriters => Volatile.Read(ref _writers) > 0;

    /// <summary>True while open files refer to it.</summary>
    public bool IsInUse => Volatile.Read(ref _uses) > 0;

    /// <summary>Adds a watch to the list.</summary>
    internal void AddWatch(NotifyWatch watch)
    {
        FileSystem.CountWatches(1);
        NotifyWatch[] seen;
        do
        {
            seen = Volatile.Read(ref _watches);
        }
        while (Interlocked.CompareExchange(ref _watches, [.. seen, watch], seen) != seen);
    }

    /// <summary>Takes a watch off the list.</summary>
    internal void RemoveWatch(NotifyWatch watch)
    {
        NotifyWatch[] seen;
        do
        {
            seen = Volatile.Read(ref _watches);
        }
        while (Interlocked.CompareExchange(
            ref _watches, Array.FindAll(seen, other => other != watch), seen) != seen);
        FileSystem.CountWatches(-1);
    }

    /// <summary>The last open file of it is gone (it may be opened again).</summary>
    protected virtual void OnUnused()
    {
    }
}
