// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Images;
using Moat.Vfs;

namespace Moat.FileSystems.Erofs;

/// <summary>A file or directory of an EROFS image.</summary>
/// <remarks>
/// Invariants: a directory knows the one that it was found in, so that none is ever found below itself:
/// paths end, whatever the image says.
/// </remarks>
internal sealed class ErofsInode : ImageInode
{
    private const int DeepestDirectory = 2048;
    private const int LongestTarget = 4095;

    private readonly ErofsRecord _record;
    private readonly ErofsInode? _parent;
    private readonly int _depth;
    private byte[]? _target;

    internal ErofsInode(ErofsFileSystem fileSystem, ErofsInode? parent, in ErofsRecord record)
        : base(fileSystem, StatMode.TypeOf(record.Mode))
    {
        _record = record;
        _parent = parent;
        _depth = parent is null ? 0 : parent._depth + 1;
    }

    public override ulong Number => _record.Nid;

    public override long Size => _record.Size;

    internal ErofsFileSystem Erofs => (ErofsFileSystem)FileSystem;

    internal ref readonly ErofsRecord Record => ref _record;

    public override Errno GetAttributes(out InodeAttributes attributes)
    {
        bool isDevice = Type is FileType.CharacterDevice or FileType.BlockDevice;
        bool isPacked = _record.Layout is ErofsLayout.CompressedFull or ErofsLayout.CompressedCompact;
        long block = Erofs.Superblock.BlockSize;
        long blocks = isPacked ? _record.Union : (_record.Size / block) + (_record.Size % block > 0 ? 1 : 0);
        var time = new Timespec(_record.Seconds, _record.Nanoseconds);
        attributes = new InodeAttributes
        {
            DeviceId = FileSystem.DeviceId,
            InodeNumber = _record.Nid,
            Mode = _record.Mode,
            LinkCount = _record.LinkCount,
            Uid = _record.Uid,
            Gid = _record.Gid,
            SpecialDeviceId = isDevice ? _record.Union : 0,
            Size = _record.Size,
            BlockSize = (int)block,
            Blocks = unchecked(blocks * (block / 512)),
            AccessTime = time,
            ModifyTime = time,
            ChangeTime = time,
        };
        return Errno.Success;
    }

    public override Errno GetOwnership(out InodeOwnership ownership)
    {
        ownership = new(_record.Mode, _record.Uid, _record.Gid);
        return Errno.Success;
    }

    public override Result<Inode> Lookup(Caller caller, ReadOnlySpan<byte> name)
    {
        if (!IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        Result<ulong> nid = ErofsDirectory.Find(this, name);
        return nid.IsOk ? Erofs.Find(this, nid.Value) : nid.Error;
    }

    public override Result<byte[]> ReadLink(Caller caller)
    {
        if (!IsSymlink)
        {
            return Errno.EINVAL;
        }

        if (_target is { } known)
        {
            return known;
        }

        if (Size is 0 or > LongestTarget)
        {
            return Errno.EUCLEAN;
        }

        byte[] target = new byte[(int)Size];
        Errno error = ReadAll(target, 0);
        if (error != Errno.Success)
        {
            return error;
        }

        return target.AsSpan().Contains((byte)0) ? Errno.EUCLEAN : _target = target;
    }

    public override Result<int> GetExtendedAttribute(
        Caller caller, ReadOnlySpan<byte> name, Span<byte> value) => ErofsAttributes.Get(this, name, value);

    public override Result<int> ListExtendedAttributes(Caller caller, Span<byte> names) =>
        ErofsAttributes.List(this, names);

    internal override Result<DirectoryListing> ReadListing() => ErofsDirectory.List(this);

    internal override Result<int> ReadContent(Span<byte> buffer, long offset) => _record.Layout switch
    {
        ErofsLayout.Plain or ErofsLayout.Inline => ErofsPlainData.Read(this, buffer, offset),
        ErofsLayout.Chunks => ErofsChunks.Read(this, buffer, offset),
        _ => ErofsCompressedData.Read(this, buffer, offset),
    };

    internal override long Locate(out ImageSource? source, out long offset)
    {
        source = Erofs.Source;
        return _record.Layout switch
        {
            ErofsLayout.Plain or ErofsLayout.Inline => ErofsPlainData.Locate(this, out offset),
            ErofsLayout.Chunks => ErofsChunks.Locate(this, out offset),
            _ => offset = 0,
        };
    }

    /// <summary>Fills the buffer with content from an offset on; the range lies in the file.</summary>
    internal Errno ReadAll(Span<byte> buffer, long offset)
    {
        while (!buffer.IsEmpty)
        {
            if (!ReadContent(buffer, offset).TryGet(out int count, out Errno error))
            {
                return error;
            }

            buffer = buffer[count..];
            offset += count;
        }

        return Errno.Success;
    }

    /// <summary>ELOOP when a directory stands above, or is, the one with this number.</summary>
    internal Errno CheckBelow(ulong nid)
    {
        if (_depth >= DeepestDirectory)
        {
            return Errno.ELOOP;
        }

        for (ErofsInode? at = this; at is not null; at = at._parent)
        {
            if (at.Number == nid)
            {
                return Errno.ELOOP;
            }
        }

        return Errno.Success;
    }
}
