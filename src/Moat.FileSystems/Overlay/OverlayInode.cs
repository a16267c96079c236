// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Acls;

namespace Moat.FileSystems.Overlay;

/// <summary>
/// A file or directory as the overlay shows it: an upper one, a lower one, or a directory made of several.
/// </summary>
/// <remarks>
/// Locks: <see cref="Upper"/> is set once, under the file system's CopyUpLock, and read without.
/// Invariants: numbers do not change when it is copied up, unless it has other names below. What is not a
/// directory has either an upper or one lower.
/// </remarks>
internal sealed class OverlayInode : Inode
{
    private readonly ulong _device;
    private Inode? _upper;
    private OverlayPlace? _place;
    private OverlayMerge? _lastMerge;
    private bool _isReadable;
    private bool _holdsUpperUse;
    private OpenFile? _keptOpen;

    internal OverlayInode(OverlayFileSystem fileSystem, OverlayPlace? place, Inode? upper, Inode[] lowers)
        : base(fileSystem, (upper ?? lowers[0]).Type)
    {
        _place = place;
        _upper = upper;
        Lowers = lowers;
        if (lowers.Length > 0)
        {
            _ = lowers[0].GetAttributes(out InodeAttributes attributes);
            Number = attributes.InodeNumber;
            _device = fileSystem.DeviceOfLower(attributes.DeviceId);
        }
        else
        {
            _ = upper!.GetAttributes(out InodeAttributes attributes);
            Number = fileSystem.NumberOfUpper(attributes.InodeNumber);
            _device = fileSystem.DeviceId;
        }
    }

    internal OverlayFileSystem Overlay => (OverlayFileSystem)FileSystem;

    /// <summary>st_ino.</summary>
    internal ulong Number { get; private set; }

    /// <summary>The layers below that take part: directories that are merged, or one file.</summary>
    internal Inode[] Lowers { get; }

    /// <summary>The inode in the upper tree, if there is one.</summary>
    internal Inode? Upper => Volatile.Read(ref _upper);

    /// <summary>What is read: the upper one once there is one.</summary>
    internal Inode Top => Upper ?? Lowers[0];

    /// <summary>Where it is; null for the root and for what has lost its name.</summary>
    internal OverlayPlace? Place
    {
        get => Volatile.Read(ref _place);
        set => Volatile.Write(ref _place, value);
    }

    /// <summary>The last merged listing; of this moment or out of date.</summary>
    internal OverlayMerge? LastMerge
    {
        get => Volatile.Read(ref _lastMerge);
        set => Volatile.Write(ref _lastMerge, value);
    }

    /// <inheritdoc/>
    public override object? SpecialState => Upper is { } upper ? upper.SpecialState : base.SpecialState;

    /// <inheritdoc/>
    public override object AttachSpecialState(object state) =>
        Upper is { } upper ? upper.AttachSpecialState(state) : base.AttachSpecialState(state);

    public override Errno GetAttributes(out InodeAttributes attributes)
    {
        Inode? upper = Upper;
        Errno error = (upper ?? Lowers[0]).GetAttributes(out attributes);
        attributes.DeviceId = _device;
        attributes.InodeNumber = Number;
        if (IsDirectory && upper is not null)
        {
            foreach (Inode lower in Lowers)
            {
                _ = lower.GetAttributes(out InodeAttributes below);
                attributes.LinkCount += Math.Max(below.LinkCount, 2) - 2;
            }
        }
        else if (upper is null && Place is null && attributes.LinkCount > 0 && this != Overlay.Root.Inode)
        {
            attributes.LinkCount--;
        }

        return error;
    }

    public override Errno GetOwnership(out InodeOwnership ownership) => Top.GetOwnership(out ownership);

    public override Errno SetAttributes(Caller caller, in AttributeChange change)
    {
        long copied = change.Has(AttributeChange.Fields.Size) ? change.Size : long.MaxValue;
        Result<Inode> upper = OverlayCopyUp.Ensure(caller, this, copied);
        return upper.IsOk ? upper.Value.SetAttributes(caller, change) : upper.Error;
    }

    public override Result<Inode> Lookup(Caller caller, ReadOnlySpan<byte> name)
    {
        return IsDirectory ? OverlayLookup.Find(caller, this, name) : Errno.ENOTDIR;
    }

    public override Result<DirectoryListing> List(Caller caller) => OverlayListing.List(caller, this);

    public override Result<Inode> Create(Caller caller, ReadOnlySpan<byte> name, in InodeCreation creation) =>
        OverlayChanges.Create(caller, this, name, creation);

    public override Result<Inode> CreateTemporary(Caller caller, in InodeCreation creation)
    {
        Result<Inode> upper = OverlayCopyUp.Ensure(caller, this);
        Result<Inode> made = upper.IsOk ? upper.Value.CreateTemporary(caller, creation) : upper;
        if (!made.IsOk)
        {
            return made;
        }

        var inode = new OverlayInode(Overlay, null, made.Value, []) { _holdsUpperUse = true };
        inode.AddUse();
        return inode;
    }

    public override Errno Link(Caller caller, ReadOnlySpan<byte> name, Inode target) =>
        OverlayChanges.Link(caller, this, name, (OverlayInode)target);

    public override Errno Unlink(Caller caller, ReadOnlySpan<byte> name, Inode victim) =>
        OverlayChanges.Unlink(caller, this, name, (OverlayInode)victim);

    public override Errno RemoveDirectory(Caller caller, ReadOnlySpan<byte> name, Inode victim) =>
        OverlayChanges.RemoveDirectory(caller, this, name, (OverlayInode)victim);

    public override Errno Rename(
        Caller caller, ReadOnlySpan<byte> oldName, Inode source, Inode newParent, ReadOnlySpan<byte> newName,
        Inode? victim, RenameFlags flags) =>
        OverlayRename.Rename(
            caller, this, oldName, (OverlayInode)source, (OverlayInode)newParent, newName,
            (OverlayInode?)victim, flags);

    public override Errno SyncDirectory() => Upper?.SyncDirectory() ?? Errno.Success;

    public override Result<byte[]> ReadLink(Caller caller) => Top.ReadLink(caller);

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags)
    {
        switch (Type)
        {
            case FileType.Regular:
                bool write = (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly;
                Result<Inode> source = write ? OverlayCopyUp.Ensure(caller, this) : Top;
                Result<OpenFile> backing =
                    source.IsOk ? source.Value.Open(caller, location, flags) : source.Error;
                return backing.IsOk ? new OverlayFile(location, flags, backing.Value) : backing;
            case FileType.Directory when !_isReadable && Lowers.Length > 0:
                // A directory that the host refuses to read fails here, not at the first getdents.
                Result<OpenFile> below = Lowers[0].Open(caller, location, OpenFlags.ReadOnly);
                if (!below.IsOk)
                {
                    return below;
                }

                below.Value.Release();
                _isReadable = true;
                break;
        }

        return base.Open(caller, location, flags);
    }

    public override bool MayHaveAcls => !IsSymlink && Overlay.UpperRoot.MayHaveAcls;

    public override AclPair? Acls => Top.Acls;

    public override PosixAcl? DefaultAcl => Top.DefaultAcl;

    public override Errno SetAcl(
        Caller caller, bool isDefault, PosixAcl? acl, uint mode, in InodeOwnership seen)
    {
        Result<Inode> upper = OverlayCopyUp.Ensure(caller, this);
        return upper.IsOk ? upper.Value.SetAcl(caller, isDefault, acl, mode, seen) : upper.Error;
    }

    public override Result<int> GetExtendedAttribute(Caller caller, ReadOnlySpan<byte> name,
        Span<byte> value)
    {
        Span<byte> buffer = stackalloc byte[OverlayXattrs.MaximumName];
        return OverlayXattrs.TryEscape(name, buffer, out ReadOnlySpan<byte> inLayer)
            ? Top.GetExtendedAttribute(caller, inLayer, value) : Errno.EOPNOTSUPP;
    }

    public override Errno SetExtendedAttribute(
        Caller caller, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags)
    {
        Span<byte> buffer = stackalloc byte[OverlayXattrs.MaximumName];
        if (!OverlayXattrs.TryEscape(name, buffer, out ReadOnlySpan<byte> inLayer))
        {
            return Errno.EOPNOTSUPP;
        }

        Result<Inode> upper = OverlayCopyUp.Ensure(caller, this);
        return upper.IsOk ? upper.Value.SetExtendedAttribute(caller, inLayer, value, flags) : upper.Error;
    }

    public override Result<int> ListExtendedAttributes(Caller caller, Span<byte> names) =>
        OverlayXattrs.List(caller, Top, names);

    public override Errno RemoveExtendedAttribute(Caller caller, ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[OverlayXattrs.MaximumName];
        if (!OverlayXattrs.TryEscape(name, buffer, out ReadOnlySpan<byte> inLayer))
        {
            return Errno.EOPNOTSUPP;
        }

        Result<int> present = Top.GetExtendedAttribute(caller, inLayer, default);
        if (!present.IsOk)
        {
            return present.Error;
        }

        Result<Inode> upper = OverlayCopyUp.Ensure(caller, this);
        return upper.IsOk ? upper.Value.RemoveExtendedAttribute(caller, inLayer) : upper.Error;
    }

    /// <summary>True when a layer below has the name, so that only a whiteout takes it away.</summary>
    internal bool HasBelow(Caller caller, ReadOnlySpan<byte> name) =>
        OverlayLookup.FindBelow(caller, this, name, directoriesOnly: false, out Inode[] lowers)
            != Errno.Success || lowers.Length > 0;

    /// <summary>It has been copied up. CopyUpLock is held.</summary>
    /// <param name="upper">The copy.</param>
    /// <param name="kept">An open file of a copy without a name, which lasts as long as that is open.</param>
    internal void SetUpper(Inode upper, OpenFile? kept)
    {
        _keptOpen = kept;
        Errno error = Lowers[0].GetAttributes(out InodeAttributes lower);
        if (error == Errno.Success && upper.GetAttributes(out InodeAttributes copy) == Errno.Success)
        {
            // One of several names of a lower file becomes a file of its own, as in Linux.
            if (IsDirectory || lower.LinkCount <= 1)
            {
                Overlay.SetOrigin(copy.InodeNumber, Number);
            }
            else
            {
                Number = Overlay.NumberOfUpper(copy.InodeNumber);
            }
        }

        Volatile.Write(ref _upper, upper);
    }

    protected override void OnUnused()
    {
        Interlocked.Exchange(ref _keptOpen, null)?.Release();
        if (_holdsUpperUse)
        {
            _holdsUpperUse = false;
            Upper!.DropUse();
        }
    }
}
