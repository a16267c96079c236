// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Erofs;

/// <summary>Goes through the attributes of an inode, shared ones first; each step reads one.</summary>
/// <remarks>
/// Bounded: at most 255 shared ones, and the inode's own area has at most 256 KiB in steps of four or more.
/// </remarks>
internal ref struct ErofsAttributeWalk
{
    private const int EntrySize = 4;
    private readonly ImageSource _source;
    private readonly long _shared;
    private readonly long _table;
    private readonly long _end;
    private readonly int _count;
    private int _next;
    private long _at;

    internal ErofsAttributeWalk(ErofsInode inode)
    {
        ErofsRecord record = inode.Record;
        _source = inode.Erofs.Source;
        _shared = inode.Erofs.Superblock.SharedAttributesStart;
        _table = record.AttributesStart + ErofsAttributes.HeaderSize;
        _end = record.End;
        Span<byte> header = stackalloc byte[ErofsAttributes.HeaderSize];
        Error = _source.ReadExactly(header, record.AttributesStart);
        _count = header[4];
        _at = _table + (_count * 4L);
        if (Error == Errno.Success && _at > _end)
        {
            Error = Errno.EUCLEAN;
        }
    }

    /// <summary>What went wrong, if anything.</summary>
    internal Errno Error { get; private set; }

    /// <summary>The next attribute; false at the end or after an error.</summary>
    internal bool Next(out ErofsAttribute attribute, out Errno error)
    {
        attribute = default;
        error = Error;
        if (error != Errno.Success)
        {
            return false;
        }

        if (_next < _count)
        {
            Span<byte> id = stackalloc byte[4];
            error = Error = _source.ReadExactly(id, _table + (_next++ * 4L));
            long place = _shared + (BinaryPrimitives.ReadUInt32LittleEndian(id) * 4L);
            return error == Errno.Success && Read(place, long.MaxValue, out attribute, out _);
        }

        if (_end - _at < EntrySize)
        {
            return false;
        }

        bool read = Read(_at, _end, out attribute, out long after);
        _at = after;
        return read;
    }

    private bool Read(long at, long end, out ErofsAttribute attribute, out long after)
    {
        Span<byte> entry = stackalloc byte[EntrySize];
        Error = _source.ReadExactly(entry, at);
        int nameLength = entry[0];
        int valueSize = BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]);
        long name = at + EntrySize;
        attribute = new ErofsAttribute(entry[1], nameLength, name, valueSize, name + nameLength);
        after = (name + nameLength + valueSize + 3) & ~3L;
        if (Error == Errno.Success && name + nameLength + valueSize > end)
        {
            Error = Errno.EUCLEAN;
        }

        return Error == Errno.Success;
    }
}
