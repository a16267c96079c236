// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Erofs;

/// <summary>An inode as it stands in the image, of either size, checked on its own.</summary>
internal readonly record struct ErofsRecord
{
    private const int CompactSize = 32;
    private const int ExtendedSize = 64;

    internal ulong Nid { get; private init; }

    /// <summary>Where it stands, in bytes.</summary>
    internal long Position { get; private init; }

    internal ErofsLayout Layout { get; private init; }

    internal bool IsExtended { get; private init; }

    internal uint Mode { get; private init; }

    internal uint LinkCount { get; private init; }

    internal uint Uid { get; private init; }

    internal uint Gid { get; private init; }

    internal long Size { get; private init; }

    internal long Seconds { get; private init; }

    internal uint Nanoseconds { get; private init; }

    /// <summary>First block, number of compressed blocks, device number or format of chunks.</summary>
    internal uint Union { get; private init; }

    /// <summary>Bytes of extended attributes right after it.</summary>
    internal int AttributeBytes { get; private init; }

    /// <summary>Where its attributes begin.</summary>
    internal long AttributesStart => Position + (IsExtended ? ExtendedSize : CompactSize);

    /// <summary>Where what follows its attributes begins.</summary>
    internal long End => AttributesStart + AttributeBytes;

    /// <summary>Reads one; EIO beyond the image, EUCLEAN when it makes no sense, EOPNOTSUPP.</summary>
    internal static Errno Read(
        ImageSource source, ErofsSuperblock superblock, ulong nid, out ErofsRecord record)
    {
        record = default;
        if (nid > (ulong)source.Length / CompactSize)
        {
            return Errno.EIO;
        }

        long position = superblock.MetadataStart + ((long)nid * CompactSize);
        Span<byte> raw = stackalloc byte[ExtendedSize];
        Errno error = source.ReadExactly(raw[..CompactSize], position);
        if (error != Errno.Success)
        {
            return error;
        }

        ushort format = BinaryPrimitives.ReadUInt16LittleEndian(raw);
        bool isExtended = (format & 1) != 0;
        if (isExtended)
        {
            error = source.ReadExactly(raw, position);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        int layout = (format >> 1) & 7;
        if ((format & ~0xf) != 0 || layout > (int)ErofsLayout.Chunks)
        {
            return Errno.EOPNOTSUPP;
        }

        int attributes = BinaryPrimitives.ReadUInt16LittleEndian(raw[2..]);
        var shared = new ErofsRecord
        {
            Nid = nid,
            Position = position,
            Layout = (ErofsLayout)layout,
            IsExtended = isExtended,
            Mode = BinaryPrimitives.ReadUInt16LittleEndian(raw[4..]),
            Union = BinaryPrimitives.ReadUInt32LittleEndian(raw[16..]),
            AttributeBytes = attributes == 0 ? 0 : ErofsAttributes.HeaderSize + ((attributes - 1) * 4),
        };
        record = isExtended ? Extended(shared, raw) : Compact(shared, raw, superblock);
        return IsSound(record) ? Errno.Success : Errno.EUCLEAN;
    }

    private static ErofsRecord Compact(
        in ErofsRecord shared, ReadOnlySpan<byte> raw, ErofsSuperblock super) =>
        shared with
        {
            LinkCount = BinaryPrimitives.ReadUInt16LittleEndian(raw[6..]),
            Size = BinaryPrimitives.ReadUInt32LittleEndian(raw[8..]),
            Uid = BinaryPrimitives.ReadUInt16LittleEndian(raw[24..]),
            Gid = BinaryPrimitives.ReadUInt16LittleEndian(raw[26..]),
            Seconds = super.Epoch,
            Nanoseconds = super.EpochNanoseconds,
        };

    private static ErofsRecord Extended(in ErofsRecord shared, ReadOnlySpan<byte> raw) => shared with
    {
        Size = BinaryPrimitives.ReadInt64LittleEndian(raw[8..]),
        Uid = BinaryPrimitives.ReadUInt32LittleEndian(raw[24..]),
        Gid = BinaryPrimitives.ReadUInt32LittleEndian(raw[28..]),
        Seconds = BinaryPrimitives.ReadInt64LittleEndian(raw[32..]),
        Nanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(raw[40..]),
        LinkCount = BinaryPrimitives.ReadUInt32LittleEndian(raw[44..]),
    };

    private static bool IsSound(in ErofsRecord record) =>
        record.Size >= 0 && record.Nanoseconds < 1_000_000_000
        && StatMode.TypeOf(record.Mode) is FileType.Regular or FileType.Directory or FileType.Symlink
            or FileType.CharacterDevice or FileType.BlockDevice or FileType.Fifo or FileType.Socket;
}
