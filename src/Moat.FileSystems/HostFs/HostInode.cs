// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;
using Moat.Vfs.Acls;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.HostFs;

/// <summary>A file or directory of the host: a parent, a name, and the numbers to know it by.</summary>
/// <remarks>
/// Locks: those of its parts; what is here is set once or exchanged as a whole.
/// Invariants: a host object with other device and inode numbers than at lookup is never used in its place.
/// </remarks>
internal sealed class HostInode : Inode
{
    private readonly ulong _hostDevice;
    private readonly ulong _number;
    private InodeAttributes _attributes;
    private HostPlace? _place;
    private HostContents? _contents;
    private HostDirectoryHandle? _handle;
    private byte[]? _linkTarget;
    private DirectoryListing? _listing;
    private HostAcls? _acls;
    private bool _isReadable;

    private HostInode(HostFileSystem fileSystem, HostPlace? place, int directoryFd, in HostStatx stat)
        : base(fileSystem, StatMode.TypeOf(stat.Mode))
    {
        _place = place;
        _number = stat.Inode;
        _hostDevice = HostAttributes.DeviceOf(stat);
        _attributes = HostAttributes.Convert(fileSystem, directoryFd, place?.Name ?? [], stat);
    }

    /// <summary>Its open descriptors, if it is a regular file.</summary>
    internal HostContents Contents =>
        _contents ?? Interlocked.CompareExchange(ref _contents, new HostContents(this), null) ?? _contents;

    internal HostFileSystem Host => (HostFileSystem)FileSystem;

    internal HostFileSystemOptions Options => Host.HostOptions;

    internal ulong Number => _number;

    internal ulong GuestDevice => _attributes.DeviceId;

    /// <summary>What the link says, of an exclusive file system that was asked before.</summary>
    internal byte[]? KnownTarget
    {
        get => Volatile.Read(ref _linkTarget);
        set => Volatile.Write(ref _linkTarget, value);
    }

    /// <summary>Where it is; null for the root and for what was removed.</summary>
    internal HostPlace? Place => Volatile.Read(ref _place);

    internal static HostInode CreateRoot(HostFileSystem fileSystem, int rootFd, in HostStatx stat)
    {
        var root = new HostInode(fileSystem, null, rootFd, stat);
        root._handle = new HostDirectoryHandle(rootFd, root, isReadable: false);
        if (root.Type == FileType.Regular)
        {
            root.Contents.OpenRoot(rootFd);
        }

        return root;
    }

    /// <summary>A file without a name, of which the caller has an open descriptor.</summary>
    internal static HostInode CreateNameless(HostFileSystem fileSystem, int fd, in HostStatx stat) =>
        new(fileSystem, null, fd, stat);

    public override Errno GetAttributes(out InodeAttributes attributes) =>
        GetAttributes(null, out attributes);

    public override Errno GetOwnership(out InodeOwnership ownership)
    {
        InodeAttributes now = default;
        Errno error = Options.IsExclusive ? Errno.Success : GetAttributes(null, out now);
        ownership = HostAcls.Ownership(this, Options.IsExclusive ? ref _attributes : ref now, ref _acls);
        return error;
    }

    public override bool MayHaveAcls =>
        Options.ActsForOwners && Type != FileType.Symlink;

    public override AclPair? Acls => HostAcls.Find(this, ref _acls, maximumAgeNs: 0)?.Pair;

    public override PosixAcl? DefaultAcl =>
        HostAcls.Find(this, ref _acls, HostAcls.DefaultAgeNs)?.Pair?.Default;

    public override Errno SetAcl(
        Caller caller, bool isDefault, PosixAcl? acl, uint mode, in InodeOwnership seen) =>
        HostAcls.Set(caller, this, isDefault, acl, mode, seen, ref _acls);

    public override Errno SetAttributes(Caller caller, in AttributeChange change) =>
        HostChanges.SetAttributes(this, change);

    public override Result<Inode> Lookup(Caller caller, ReadOnlySpan<byte> name) =>
        IsDirectory ? Find(name) : Errno.ENOTDIR;

    public override bool Revalidate(Inode parent, ReadOnlySpan<byte> name)
    {
        if (parent is not HostInode directory
            || !directory.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out _))
        {
            return false;
        }

        Errno error = HostPath.Stat(handle.Fd, name, HostAttributes.NoFollow, out HostStatx stat,
            HostAttributes.Mask);
        handle.Release();
        return error == Errno.Success && IsSame(stat);
    }

    public override Result<DirectoryListing> List(Caller caller)
    {
        if (Volatile.Read(ref _listing) is { } known)
        {
            return known;
        }

        Result<DirectoryListing> listing = HostListing.Read(this);
        if (listing.IsOk && Options.IsExclusive)
        {
            Host.Listings.Add(this, listing.Value);
        }

        return listing;
    }

    public override Result<Inode> Create(Caller caller, ReadOnlySpan<byte> name, in InodeCreation creation) =>
        Host.Usage is { } usage ? LayerWrites.Create(usage, this, name, creation)
            : HostChanges.Create(this, name, creation);

    public override Result<Inode> CreateTemporary(Caller caller, in InodeCreation creation) =>
        HostTemporary.Create(this, creation);

    public override Errno Link(Caller caller, ReadOnlySpan<byte> name, Inode target) =>
        Host.Usage is { } usage ? LayerWrites.Link(usage, this, name, (HostInode)target)
            : HostChanges.Link(this, name, (HostInode)target);

    public override Errno Unlink(Caller caller, ReadOnlySpan<byte> name, Inode victim) =>
        HostChanges.Remove(this, name, (HostInode)victim, 0);

    public override Errno RemoveDirectory(Caller caller, ReadOnlySpan<byte> name, Inode victim) =>
        HostChanges.Remove(this, name, (HostInode)victim, HostPath.RemoveDirectory);

    public override Errno Rename(
        Caller caller, ReadOnlySpan<byte> oldName, Inode source, Inode newParent, ReadOnlySpan<byte> newName,
        Inode? victim, RenameFlags flags) =>
        HostChanges.Rename(
            this, oldName, (HostInode)source, (HostInode)newParent, newName, victim as HostInode, flags);

    public override Errno SyncDirectory() =>
        Options.IsWritable && IsDirectory ? HostListing.Sync(this) : Errno.Success;

    public override Result<byte[]> ReadLink(Caller caller) => HostSymlink.Read(this);

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags)
    {
        switch (Type)
        {
            case FileType.Regular:
                bool write = (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly;
                Result<HostContent> content = Contents.Acquire(write);
                return content.IsOk ? new HostOpenFile(this, content.Value, location, flags) : content.Error;
            case FileType.Directory when !_isReadable:
                // open(2) is where an unreadable directory shows, not the first getdents.
                Errno unreadable = HostListing.Check(this);
                if (unreadable != Errno.Success)
                {
                    return unreadable;
                }

                _isReadable = Options.IsExclusive;
                break;
        }

        return base.Open(caller, location, flags);
    }

    public override Result<int> GetExtendedAttribute(Caller caller, ReadOnlySpan<byte> name,
        Span<byte> value) =>
        HostXattrs.Get(this, name, value);

    public override Errno SetExtendedAttribute(
        Caller caller, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) =>
        HostXattrs.Set(this, name, value, flags);

    public override Result<int> ListExtendedAttributes(Caller caller, Span<byte> names) =>
        HostXattrs.List(this, names);

    public override Errno RemoveExtendedAttribute(Caller caller, ReadOnlySpan<byte> name) =>
        HostXattrs.Remove(this, name);

    /// <summary>Attributes; of the open content when there is one, since its name may be gone.</summary>
    internal Errno GetAttributes(HostContent? content, out InodeAttributes attributes)
    {
        if (Options.IsExclusive)
        {
            attributes = _attributes;
            return Errno.Success;
        }

        attributes = default;
        if (content is not null)
        {
            return Stat(content.HostFd, [], HostPath.EmptyPath, out attributes);
        }

        if (Place is { } place)
        {
            if (!place.Parent.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
            {
                return error;
            }

            error = Stat(handle.Fd, place.Name, HostAttributes.NoFollow, out attributes);
            handle.Release();
            if (error == Errno.Success)
            {
                return error;
            }
        }

        // No name any more (or the root, which never had one): an open descriptor may still know.
        if (_contents?.TryAcquireAny() is { } open)
        {
            Errno error = Stat(open.HostFd, [], HostPath.EmptyPath, out attributes);
            open.Release();
            return error;
        }

        if (Volatile.Read(ref _handle) is { } directory && directory.TryAddReference())
        {
            Errno error = Stat(directory.Fd, [], HostPath.EmptyPath, out attributes);
            directory.Release();
            return error;
        }

        // Removed, and nothing of it is open on the host: what was known of it at the end.
        attributes = _attributes with { LinkCount = 0 };
        return Errno.Success;
    }

    /// <summary>
    /// Remembers the attributes before its name is removed: a working directory may still be here.
    /// </summary>
    internal void RememberAttributes()
    {
        if (GetAttributes(null, out InodeAttributes attributes) == Errno.Success)
        {
            _attributes = attributes;
        }
    }

    /// <summary>Finds a name in this directory; also used after making one.</summary>
    internal Result<Inode> Find(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name.IndexOf((byte)'/') >= 0 || name.SequenceEqual("."u8)
            || name.SequenceEqual(".."u8))
        {
            return Errno.ENOENT;
        }

        if (!AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        error = HostPath.Stat(handle.Fd, name, HostAttributes.NoFollow, out HostStatx stat,
            HostAttributes.Mask);
        Result<Inode> result = error != Errno.Success ? error
            : HostAttributes.DeviceOf(stat) == _hostDevice
                ? new HostInode(Host, new HostPlace(this, name.ToArray()), handle.Fd, stat)
                : CrossMount(handle.Fd, name, stat);
        handle.Release();
        return result;
    }

    /// <summary>The directory's descriptor, with a reference for the caller.</summary>
    internal Result<HostDirectoryHandle> AcquireDirectory() =>
        TryHandle() is { } present ? present : HostDirectoryWalk.Open(this);

    /// <summary>The descriptor that is open, if any, with a reference for the caller.</summary>
    internal HostDirectoryHandle? TryHandle()
    {
        if (Volatile.Read(ref _handle) is { } handle && handle.TryAddReference())
        {
            handle.Touch();
            return handle;
        }

        return null;
    }

    /// <summary>Keeps a handle for later; false when there is one already.</summary>
    internal bool TrySetHandle(HostDirectoryHandle handle) =>
        Interlocked.CompareExchange(ref _handle, handle, null) is null;

    /// <summary>The cache keeps the listing, or has dropped it.</summary>
    internal void KeepListing(DirectoryListing? listing) => Volatile.Write(ref _listing, listing);

    /// <summary>The cache has dropped the handle.</summary>
    internal void ForgetHandle(HostDirectoryHandle handle) =>
        Interlocked.CompareExchange(ref _handle, null, handle);

    /// <summary>Opens it on the host and makes sure that it is the same file.</summary>
    internal Result<int> OpenVerified(OpenFlags mode)
    {
        if (Place is not { } place)
        {
            return Contents.DuplicateAny();
        }

        if (!place.Parent.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        const OpenFlags Always =
            OpenFlags.NoFollow | OpenFlags.CloseOnExec | OpenFlags.NonBlock | OpenFlags.NoControllingTerminal;
        Result<int> fd = HostAttributes.OpenStep(handle.Fd, place.Name, mode | Always);
        handle.Release();
        if (!fd.IsOk)
        {
            return fd;
        }

        error = HostPath.Stat(fd.Value, [], HostPath.EmptyPath, out HostStatx stat);
        if (error == Errno.Success && !IsSame(stat))
        {
            error = Errno.ESTALE;
        }

        if (error != Errno.Success)
        {
            HostFile.Close(fd.Value);
            return error;
        }

        return fd;
    }

    /// <summary>A hard link was made.</summary>
    internal void AddPlace(HostPlace place) => HostPlace.Add(ref _place, place);

    /// <summary>A name is gone (null), or has become another one.</summary>
    internal void ReplacePlace(HostInode parent, ReadOnlySpan<byte> name, HostPlace? replacement) =>
        HostPlace.Replace(ref _place, parent, name, replacement);

    /// <summary>True when this is the same host object.</summary>
    internal bool IsSame(in HostStatx stat) =>
        stat.Inode == Number && HostAttributes.DeviceOf(stat) == _hostDevice
            && StatMode.TypeOf(stat.Mode) == Type;

    protected override void OnUnused() => _contents?.DropPending();

    private Errno Stat(int fd, ReadOnlySpan<byte> name, uint flags, out InodeAttributes attributes)
    {
        attributes = default;
        Errno error = HostPath.Stat(fd, name, flags, out HostStatx stat, HostAttributes.Mask);
        if (error == Errno.Success && !IsSame(stat))
        {
            return Errno.ENOENT;
        }

        if (error == Errno.Success)
        {
            attributes = HostAttributes.Convert(Host, fd, name, stat);
        }

        return error;
    }

    private Result<Inode> CrossMount(int directoryFd, ReadOnlySpan<byte> name, in HostStatx stat)
    {
        if (!HiddenFileSystems.IsHidden(directoryFd, name).TryGet(out bool hidden, out Errno error))
        {
            return error;
        }

        if (!hidden)
        {
            return new HostInode(Host, new HostPlace(this, name.ToArray()), directoryFd, stat);
        }

        return StatMode.TypeOf(stat.Mode) == FileType.Directory
            ? new StaticDirectory(FileSystem) : Errno.ENOENT;
    }
}
