// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.FileSystems.Fuse;

/// <summary>
/// A node of a daemon's file system: its attributes as last told, and how often it was looked up.
/// </summary>
/// <remarks>
/// Locks: a leaf lock guards attributes; no method that asks the daemon holds it. The finalizer tells the
/// daemon to forget the node, so that what the cache of names drops is dropped there too.
/// </remarks>
internal sealed class FuseInode : Inode
{
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly FuseFileSystem _fs;
    private InodeAttributes _attributes;
    private long _until;
    private long _lookups;
    private int _expiredNames;
    private FuseNameLease? _lease;
    private FuseCreated? _created;
    private FuseMemory? _memory;

    internal FuseInode(FuseFileSystem fs, ulong node, ulong generation, FileType type)
        : base(fs, type)
    {
        _fs = fs;
        Node = node;
        NodeGeneration = generation;
        Self = new WeakReference<FuseInode>(this);
        _attributes = new InodeAttributes
        {
            DeviceId = fs.DeviceId, InodeNumber = node, Mode = fs.MountOptions.RootMode, LinkCount = 1,
            BlockSize = 4096,
        };
    }

    ~FuseInode()
    {
        _created?.Handle.Release();
        if (Node != FuseFileSystem.RootNode)
        {
            _fs.Drop(Node, Self, (ulong)Volatile.Read(ref _lookups));
        }
    }

    internal ulong Node { get; }

    internal ulong NodeGeneration { get; }

    internal FuseFileSystem Fs => _fs;

    /// <summary>How the table of nodes refers to it.</summary>
    internal WeakReference<FuseInode> Self { get; }

    /// <summary>What its mappings map at present; null for nothing.</summary>
    internal FuseMemory? Memory
    {
        get => Volatile.Read(ref _memory);
        set => Volatile.Write(ref _memory, value);
    }

    internal void CountLookup() => Interlocked.Increment(ref _lookups);

    /// <summary>What the daemon has told, and how long it holds.</summary>
    internal void SetAttributes(in InodeAttributes attributes, long until)
    {
        using (_lock.Enter())
        {
            _attributes = attributes;
            _until = until;
        }
    }

    /// <summary>What is known of it may be wrong: it is asked for before it is used again.</summary>
    internal void Expire()
    {
        using (_lock.Enter())
        {
            _until = 0;
        }

        Memory = null;
    }

    /// <summary>It was written up to an offset.</summary>
    internal void Grow(long end)
    {
        using (_lock.Enter())
        {
            _attributes.Size = Math.Max(_attributes.Size, end);
            _until = 0;
        }

        Memory = null;
    }

    /// <summary>All names in this directory are asked for again.</summary>
    internal void ExpireNames() => Interlocked.Increment(ref _expiredNames);

    /// <summary>The daemon has said that a name leads here.</summary>
    internal void Hold(FuseInode parent, ReadOnlySpan<byte> name, long until)
    {
        Volatile.Write(ref _lease, until <= Clock.MonotonicNs() ? null
            : new FuseNameLease(parent, Volatile.Read(ref parent._expiredNames), name.ToArray(), until));
    }

    public override bool Revalidate(Inode parent, ReadOnlySpan<byte> name) =>
        Volatile.Read(ref _lease) is { } lease && lease.Parent == parent
        && lease.Names == Volatile.Read(ref lease.Parent._expiredNames)
        && Clock.MonotonicNs() < lease.Until && name.SequenceEqual(lease.Name);

    public override Errno GetAttributes(out InodeAttributes attributes)
    {
        using (_lock.Enter())
        {
            attributes = _attributes;
        }

        return Errno.Success;
    }

    public override Errno Refresh(Caller caller, bool forPermission)
    {
        if (forPermission && !_fs.MountOptions.ChecksModes)
        {
            return Errno.Success;
        }

        if (!Admits(caller.Credentials))
        {
            return Errno.EACCES;
        }

        using (_lock.Enter())
        {
            if (_until > 0 && Clock.MonotonicNs() < _until)
            {
                return Errno.Success;
            }
        }

        var request = new FuseRequest(FuseOpcode.GetAttributes, Node, 16, FuseAttributes.ReplySize);
        Errno error = _fs.Connection.Ask(caller, request);
        return error == Errno.Success ? TakeAttributes(request.Reply) : error;
    }

    public override Errno CheckOwnRules(Credentials credentials, Access access, out bool isDecided)
    {
        isDecided = false;
        if (!Admits(credentials))
        {
            return Errno.EACCES;
        }

        if (_fs.MountOptions.ChecksModes)
        {
            return Errno.Success;
        }

        isDecided = true;
        if ((access & Access.Execute) == 0 || Type != FileType.Regular)
        {
            return Errno.Success;
        }

        _ = GetAttributes(out InodeAttributes attributes);
        return (attributes.Mode & StatMode.AnyExecute) != 0 ? Errno.Success : Errno.EACCES;
    }

    public override Errno CheckAccess(Caller caller, Access access)
    {
        if (_fs.MountOptions.ChecksModes || _fs.Terms.Lacks(FuseOpcode.Access))
        {
            return Errno.Success;
        }

        var request = new FuseRequest(FuseOpcode.Access, Node, 8);
        new FuseWriter(request.Body).Word((uint)access);
        Errno error = _fs.Connection.Ask(caller, request);
        return Unless(FuseOpcode.Access, error, Errno.Success);
    }

    public override Errno SetAttributes(Caller caller, in AttributeChange change) =>
        FuseSetting.Run(caller, this, change, null);

    public override Result<Inode> Lookup(Caller caller, ReadOnlySpan<byte> name) =>
        FuseNames.Lookup(caller, this, name);

    public override Result<Inode> Create(
        Caller caller, ReadOnlySpan<byte> name, in InodeCreation creation) =>
        FuseMaking.Make(caller, this, name, creation);

    public override Errno Link(Caller caller, ReadOnlySpan<byte> name, Inode target) =>
        FuseNames.Link(caller, this, name, (FuseInode)target);

    public override Errno Unlink(Caller caller, ReadOnlySpan<byte> name, Inode victim) =>
        FuseNames.Remove(caller, this, name, (FuseInode)victim, FuseOpcode.Unlink);

    public override Errno RemoveDirectory(Caller caller, ReadOnlySpan<byte> name, Inode victim) =>
        FuseNames.Remove(caller, this, name, (FuseInode)victim, FuseOpcode.RemoveDirectory);

    public override Errno Rename(
        Caller caller, ReadOnlySpan<byte> oldName, Inode source, Inode newParent, ReadOnlySpan<byte> newName,
        Inode? victim, RenameFlags flags)
    {
        (victim as FuseInode)?.Expire();
        return FuseNames.Rename(caller, this, oldName, (FuseInode)newParent, newName, flags);
    }

    public override Result<byte[]> ReadLink(Caller caller) => FuseNames.ReadLink(caller, this);

    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags)
    {
        switch (Type)
        {
            case FileType.Regular or FileType.Directory:
                return FuseOpening.Open(caller, this, location, flags);
            case FileType.CharacterDevice or FileType.BlockDevice when !_fs.Owner.IsInitial:
                return Errno.EACCES;
            default:
                return base.Open(caller, location, flags);
        }
    }

    public override Result<int> GetExtendedAttribute(
        Caller caller, ReadOnlySpan<byte> name, Span<byte> value) =>
        FuseXattrs.Get(caller, this, name, value);

    public override Errno SetExtendedAttribute(
        Caller caller, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) =>
        FuseXattrs.Set(caller, this, name, value, flags);

    public override Result<int> ListExtendedAttributes(Caller caller, Span<byte> names) =>
        FuseXattrs.List(caller, this, names);

    public override Errno RemoveExtendedAttribute(Caller caller, ReadOnlySpan<byte> name) =>
        FuseXattrs.Remove(caller, this, name);

    /// <summary>May these use the file system at all.</summary>
    internal bool Admits(Credentials who) => _fs.MountOptions.Admits(who, _fs.Owner);

    /// <summary>Takes struct fuse_attr_out: EIO for what cannot be, or is another type of file now.</summary>
    internal Errno TakeAttributes(ReadOnlySpan<byte> reply)
    {
        var reader = new FuseReader(reply);
        ulong seconds = reader.Long();
        long until = FuseAttributes.Until(seconds, reader.Word());
        reader.Word();
        Result<InodeAttributes> read = FuseAttributes.Read(_fs.Terms, _fs.DeviceId, reader.Rest);
        if (!read.TryGet(out InodeAttributes attributes, out Errno error))
        {
            return error;
        }

        if (StatMode.TypeOf(attributes.Mode) != Type)
        {
            return Errno.EIO;
        }

        SetAttributes(attributes, until);
        return Errno.Success;
    }

    /// <summary>A file that was made open waits to be opened by its maker.</summary>
    internal void KeepCreated(FuseCreated created) =>
        Interlocked.Exchange(ref _created, created)?.Handle.Release();

    /// <summary>Takes it; null for whoever has not made it.</summary>
    internal FuseHandle? TakeCreated(Caller caller)
    {
        FuseCreated? created = Volatile.Read(ref _created);
        return created?.Maker == caller && Interlocked.CompareExchange(ref _created, null, created) == created
            ? created.Handle : null;
    }

    /// <summary>What the daemon cannot do it is not asked for again.</summary>
    internal Errno Unless(FuseOpcode opcode, Errno error, Errno instead)
    {
        if (error != Errno.ENOSYS)
        {
            return error;
        }

        _fs.Terms.SetLacks(opcode);
        return instead;
    }
}
