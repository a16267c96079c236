// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Images;
using Moat.Vfs;

namespace Moat.FileSystems.Archives;

/// <summary>A file or directory of a tree that was read from archives.</summary>
/// <remarks>Locks: none. It changes while the tree is made, by one thread, and then never again.</remarks>
internal sealed class ArchiveInode : ImageInode
{
    private const int DirectorySize = 4096;

    private readonly ulong _number;
    private readonly uint _device;
    private readonly long _size;
    private readonly ImageSource? _source;
    private readonly long _start;
    private readonly byte[]? _target;
    private Dictionary<byte[], ArchiveInode>? _children;
    private byte[][] _attributes = [];
    private uint _permissions;
    private uint _uid;
    private uint _gid;
    private long _seconds;
    private uint _nanoseconds;

    /// <summary>A directory that no entry describes.</summary>
    internal ArchiveInode(ArchiveFileSystem fileSystem)
        : base(fileSystem, FileType.Directory)
    {
        _number = fileSystem.AllocateInodeNumber();
        _permissions = 0x1ed;
        _size = DirectorySize;
        LinkCount = 2;
    }

    /// <summary>What an entry describes.</summary>
    internal ArchiveInode(ArchiveFileSystem fileSystem, FileType type, TarEntry entry, ImageSource source)
        : base(fileSystem, type)
    {
        _number = fileSystem.AllocateInodeNumber();
        LinkCount = type == FileType.Directory ? 2u : 0;
        SetAttributes(entry);
        switch (type)
        {
            case FileType.Regular:
                _size = entry.Size;
                _source = source;
                _start = entry.Start;
                break;
            case FileType.Symlink:
                _target = entry.Target;
                _size = entry.Target.Length;
                break;
            case FileType.Directory:
                _size = DirectorySize;
                break;
            case FileType.CharacterDevice or FileType.BlockDevice:
                _device = (entry.Minor & 0xff) | (entry.Major << 8) | ((entry.Minor & ~0xffu) << 12);
                break;
        }
    }

    public override ulong Number => _number;

    public override long Size => _size;

    /// <summary>Names, and for directories what is in them.</summary>
    internal uint LinkCount { get; set; }

    /// <summary>The layer that last said anything of it.</summary>
    internal int Layer { get; set; }

    /// <summary>The layer that hid all that lower ones have in it.</summary>
    internal int OpaqueIn { get; set; } = -1;

    /// <summary>What is in a directory; to be changed only while the tree is made.</summary>
    internal Dictionary<byte[], ArchiveInode> Children => _children ??= new(NameComparer.Instance);

    /// <summary>What a symbolic link says.</summary>
    internal byte[] Target => _target ?? [];

    /// <summary>Where the content lies.</summary>
    internal ImageRegion? Region => _source is null ? null : new ImageRegion(_source, _start, _size);

    public override Errno GetAttributes(out InodeAttributes attributes)
    {
        var time = new Timespec(_seconds, _nanoseconds);
        attributes = new InodeAttributes
        {
            DeviceId = FileSystem.DeviceId,
            InodeNumber = _number,
            Mode = (uint)Type | _permissions,
            LinkCount = LinkCount,
            Uid = _uid,
            Gid = _gid,
            SpecialDeviceId = _device,
            Size = _size,
            BlockSize = 4096,
            Blocks = Type == FileType.Regular ? (_size / 512) + (_size % 512 > 0 ? 1 : 0) : 0,
            AccessTime = time,
            ModifyTime = time,
            ChangeTime = time,
        };
        return Errno.Success;
    }

    public override Errno GetOwnership(out InodeOwnership ownership)
    {
        ownership = new((uint)Type | _permissions, _uid, _gid);
        return Errno.Success;
    }

    public override Result<Inode> Lookup(Caller caller, ReadOnlySpan<byte> name)
    {
        if (!IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        return Find(name) is { } child ? child : Errno.ENOENT;
    }

    internal override Result<DirectoryListing> ReadListing()
    {
        var listing = new DirectoryListing();
        foreach ((byte[] name, ArchiveInode child) in Children)
        {
            listing.Add(name, child.Number, child.Type);
        }

        return listing;
    }

    public override Result<byte[]> ReadLink(Caller caller) => _target is null ? Errno.EINVAL : _target;

    public override Result<int> GetExtendedAttribute(
        Caller caller, ReadOnlySpan<byte> name, Span<byte> value)
    {
        for (int i = 0; i + 1 < _attributes.Length; i += 2)
        {
            if (name.SequenceEqual(_attributes[i]))
            {
                byte[] found = _attributes[i + 1];
                if (value.IsEmpty)
                {
                    return found.Length;
                }

                return found.AsSpan().TryCopyTo(value) ? found.Length : Errno.ERANGE;
            }
        }

        return Errno.ENODATA;
    }

    public override Result<int> ListExtendedAttributes(Caller caller, Span<byte> names)
    {
        int total = 0;
        for (int i = 0; i + 1 < _attributes.Length; i += 2)
        {
            byte[] name = _attributes[i];
            if (!names.IsEmpty)
            {
                if (names.Length - total <= name.Length)
                {
                    return Errno.ERANGE;
                }

                name.CopyTo(names[total..]);
                names[total + name.Length] = 0;
            }

            total += name.Length + 1;
        }

        return total;
    }

    internal override Result<int> ReadContent(Span<byte> buffer, long offset)
    {
        Errno error = _source is null ? Errno.EIO : _source.ReadExactly(buffer, _start + offset);
        return error == Errno.Success ? buffer.Length : error;
    }

    internal override long Locate(out ImageSource? source, out long offset)
    {
        source = _source;
        offset = _start;
        return _source is null ? 0 : _size;
    }

    /// <summary>What is in a directory under a name.</summary>
    internal ArchiveInode? Find(ReadOnlySpan<byte> name) =>
        _children is not null
        && _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out ArchiveInode? child)
            ? child : null;

    /// <summary>An entry says what a directory that is there already looks like.</summary>
    internal void SetAttributes(TarEntry entry)
    {
        _permissions = Type == FileType.Symlink ? 0x1ff : entry.Mode;
        _uid = entry.Uid;
        _gid = entry.Gid;
        _seconds = entry.Seconds;
        _nanoseconds = entry.Nanoseconds;
        _attributes = Shown(entry.Attributes);
    }

    /// <summary>Attributes that guests may see, each name once.</summary>
    private static byte[][] Shown(List<byte[]> all)
    {
        var shown = new List<byte[]>();
        for (int i = 0; i + 1 < all.Count; i += 2)
        {
            ReadOnlySpan<byte> name = all[i];
            bool isKnown = name.StartsWith("user."u8) || name.StartsWith("security."u8)
                || (name.StartsWith("trusted."u8) && !name.StartsWith("trusted.overlay."u8));
            if (isKnown && !name.Contains((byte)0))
            {
                shown.Add(all[i]);
                shown.Add(all[i + 1]);
            }
        }

        return shown.Count == 0 ? [] : [.. shown];
    }
}
