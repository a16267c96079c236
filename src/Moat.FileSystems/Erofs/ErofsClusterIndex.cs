// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Erofs;

/// <summary>The index of a compressed file, of either kind; reads it through a window of the image.</summary>
internal ref struct ErofsClusterIndex
{
    private const int MapHeader = 8;
    private const int FullEntry = 8;
    private const ushort PackedTwo = 1;
    private const ushort BigClusters = 2;
    private const ushort BigSecond = 4;
    private const ushort KnownAdvice = PackedTwo | BigClusters | BigSecond;
    private const int HasBlocks = 1 << 11;
    private const int MostPack = 32;

    private readonly ErofsInode _inode;
    private readonly ImageSource _source;
    private readonly Span<byte> _window;
    private readonly long _start;
    private readonly ushort _advice;
    private long _windowStart;
    private int _windowLength;

    /// <summary>An index; the window is some memory to read it through, of at least a few entries.</summary>
    internal ErofsClusterIndex(ErofsInode inode, Span<byte> window)
    {
        _inode = inode;
        _source = inode.Erofs.Source;
        _window = window;
        long header = (inode.Record.End + 7) & ~7L;
        Span<byte> raw = stackalloc byte[MapHeader];
        Error = _source.ReadExactly(raw, header);
        _advice = BinaryPrimitives.ReadUInt16LittleEndian(raw[4..]);
        Bits = inode.Erofs.Superblock.BlockBits;
        bool isFull = inode.Record.Layout == ErofsLayout.CompressedFull;
        _start = header + MapHeader + (isFull ? FullEntry : 0);
        if (Error == Errno.Success && (raw[7] != 0 || (raw[6] & 0xf) != 0
            || (_advice & ~KnownAdvice) != 0))
        {
            Error = Errno.EOPNOTSUPP;
        }

        Count = (inode.Size >> Bits) + ((inode.Size & ((1L << Bits) - 1)) != 0 ? 1 : 0);
    }

    internal Errno Error { get; }

    /// <summary>Logical clusters have two to the power of this many bytes.</summary>
    internal int Bits { get; }

    /// <summary>How many of them the file has.</summary>
    internal long Count { get; }

    /// <summary>Extents may have several blocks in the image.</summary>
    internal readonly bool HasBigClusters => (_advice & BigClusters) != 0;

    /// <summary>What it says of a cluster below <see cref="Count"/>.</summary>
    internal Errno Read(long number, out ErofsCluster cluster)
    {
        if (number > _source.Length)
        {
            cluster = default;
            return Errno.EIO;
        }

        return _inode.Record.Layout == ErofsLayout.CompressedFull
            ? ReadFull(number, out cluster) : ReadPacked(number, out cluster);
    }

    private Errno ReadFull(long number, out ErofsCluster cluster)
    {
        cluster = default;
        Errno error = Window(_start + (number * FullEntry), FullEntry, out ReadOnlySpan<byte> entry);
        if (error != Errno.Success)
        {
            return error;
        }

        int kind = BinaryPrimitives.ReadUInt16LittleEndian(entry) & 3;
        int offset = BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]);
        if (kind != ErofsCluster.Further)
        {
            cluster = new(kind, offset, BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]), 0, 0);
            return offset >= 1 << Bits ? Errno.EUCLEAN : Errno.Success;
        }

        int back = BinaryPrimitives.ReadUInt16LittleEndian(entry[4..]);
        cluster = (back & HasBlocks) != 0
            ? new(kind, 0, 0, 1, back & ~HasBlocks) : new(kind, 0, 0, back, 0);
        return Errno.Success;
    }

    /// <summary>
    /// Entries are packed: two to eight bytes up to an address that is a multiple of 32, then sixteen to 32
    /// bytes where the file says so, then two to eight bytes again. A pack ends with a block's number, from
    /// which those of its extents are counted.
    /// </summary>
    private Errno ReadPacked(long number, out ErofsCluster cluster)
    {
        cluster = default;
        long first = Math.Min(Count, (MostPack - (_start % MostPack)) / 4 % 8);
        long dense = (_advice & PackedTwo) != 0 && first < Count ? (Count - first) & ~15L : 0;
        int entries = 2;
        long at;
        if (number < first)
        {
            at = _start + (number * 4);
        }
        else if (number < first + dense)
        {
            entries = 16;
            at = _start + (first * 4) + ((number - first) * 2);
        }
        else
        {
            at = _start + (first * 4) + (dense * 2) + ((number - first - dense) * 4);
        }

        int perEntry = entries == 2 ? 4 : 2;
        int packSize = entries * perEntry;
        long pack = at & -packSize;
        Errno error = Window(pack, packSize, out ReadOnlySpan<byte> bytes);
        return error != Errno.Success ? error
            : Unpack(bytes, entries, (int)(at - pack) / perEntry, out cluster);
    }

    private readonly Errno Unpack(ReadOnlySpan<byte> pack, int entries, int index, out ErofsCluster cluster)
    {
        int low = Entry(pack, entries, index, out int kind);
        cluster = default;
        if (kind == ErofsCluster.Further)
        {
            if (HasBigClusters && (low & HasBlocks) != 0)
            {
                cluster = new(kind, 0, 0, 1, low & ~HasBlocks);
                return Errno.Success;
            }

            // The last of a pack tells how far it is to the next extent; the one before it how far back.
            int back = low;
            if (index + 1 == entries)
            {
                int before = Entry(pack, entries, index - 1, out int kindBefore);
                back = kindBefore != ErofsCluster.Further ? 1
                    : HasBigClusters && (before & HasBlocks) != 0 ? 2 : before + 1;
            }

            cluster = new(kind, 0, 0, back, 0);
            return Errno.Success;
        }

        if (low >= 1 << Bits)
        {
            return Errno.EUCLEAN;
        }

        uint block = BinaryPrimitives.ReadUInt32LittleEndian(pack[^4..]);
        int before32 = BlocksBefore(pack, entries, index);
        if (before32 < 0)
        {
            return Errno.EUCLEAN;
        }

        cluster = new(kind, low, unchecked(block + (uint)before32), 0, 0);
        return Errno.Success;
    }

    /// <summary>How many blocks the extents take that begin in a pack before one of its entries.</summary>
    private readonly int BlocksBefore(ReadOnlySpan<byte> pack, int entries, int index)
    {
        int blocks = HasBigClusters ? 0 : 1;
        for (int i = index - 1; i >= 0; i--)
        {
            int low = Entry(pack, entries, i, out int kind);
            if (kind != ErofsCluster.Further)
            {
                blocks++;
                continue;
            }

            if (!HasBigClusters)
            {
                // To the head of its extent, which counts if it is in this pack.
                if (low == 0)
                {
                    return -1;
                }

                i -= low;
                blocks += i >= 0 ? 1 : 0;
            }
            else if ((low & HasBlocks) != 0)
            {
                blocks += low & ~HasBlocks;
                i--;
            }
            else
            {
                // Further on in the extent: back to its second entry, which tells its blocks.
                if (low <= 1)
                {
                    return -1;
                }

                i -= low - 2;
            }
        }

        return blocks;
    }

    private readonly int Entry(ReadOnlySpan<byte> pack, int entries, int index, out int kind)
    {
        int lowBits = Math.Max(Bits, 12);
        int bit = index * ((pack.Length - 4) * 8 / entries);
        uint value = BinaryPrimitives.ReadUInt32LittleEndian(pack[Math.Min(bit / 8, pack.Length - 4)..]);
        value >>= bit - (Math.Min(bit / 8, pack.Length - 4) * 8);
        kind = (int)(value >> lowBits) & 3;
        return (int)(value & ((1u << lowBits) - 1));
    }

    private Errno Window(long at, int length, out ReadOnlySpan<byte> bytes)
    {
        if (at < _windowStart || at + length > _windowStart + _windowLength)
        {
            _windowLength = (int)Math.Max(0, Math.Min(_window.Length, _source.Length - at));
            _windowStart = at;
            Errno error = _windowLength < length ? Errno.EIO
                : _source.ReadExactly(_window[.._windowLength], at);
            if (error != Errno.Success)
            {
                _windowLength = 0;
                bytes = default;
                return error;
            }
        }

        bytes = _window.Slice((int)(at - _windowStart), length);
        return Errno.Success;
    }
}
