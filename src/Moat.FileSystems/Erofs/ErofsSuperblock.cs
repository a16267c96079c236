// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Moat.Abi;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Erofs;

/// <summary>The superblock of an EROFS image, checked (Documentation/filesystems/erofs.rst).</summary>
internal sealed class ErofsSuperblock
{
    internal const uint Magic = 0xe0f5e1e2;
    private const int Position = 1024;
    private const int Size = 128;
    private const int SmallestBlock = 9;
    private const int LargestBlock = 12;
    private const uint HasChecksum = 1;
    private const uint PlainPrefixes = 0x10;
    private const ushort Lz4 = 1;
    private const ErofsFeatures Known = ErofsFeatures.ZeroPadding | ErofsFeatures.CompressorSettings
        | ErofsFeatures.ChunkedFiles | ErofsFeatures.AttributePrefixes;

    private ErofsSuperblock(ReadOnlySpan<byte> raw)
    {
        BlockBits = raw[12];
        RootNid = BinaryPrimitives.ReadUInt16LittleEndian(raw[14..]);
        InodeCount = BinaryPrimitives.ReadUInt64LittleEndian(raw[16..]);
        Epoch = BinaryPrimitives.ReadInt64LittleEndian(raw[24..]);
        EpochNanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(raw[32..]);
        Blocks = BinaryPrimitives.ReadUInt32LittleEndian(raw[36..]);
        MetadataStart = (long)BinaryPrimitives.ReadUInt32LittleEndian(raw[40..]) << BlockBits;
        SharedAttributesStart = (long)BinaryPrimitives.ReadUInt32LittleEndian(raw[44..]) << BlockBits;
        Features = (ErofsFeatures)BinaryPrimitives.ReadUInt32LittleEndian(raw[80..]);
        PrefixCount = raw[91];
        PrefixStart = (long)BinaryPrimitives.ReadUInt32LittleEndian(raw[92..]) << 2;
    }

    internal int BlockBits { get; }

    internal int BlockSize => 1 << BlockBits;

    internal ulong RootNid { get; }

    internal ulong InodeCount { get; }

    /// <summary>Modification time of all compact inodes.</summary>
    internal long Epoch { get; }

    internal uint EpochNanoseconds { get; }

    internal ulong Blocks { get; }

    /// <summary>Where inode number 0 would be, in bytes.</summary>
    internal long MetadataStart { get; }

    internal long SharedAttributesStart { get; }

    internal ErofsFeatures Features { get; }

    internal int PrefixCount { get; }

    internal long PrefixStart { get; }

    /// <summary>True when an image begins like one.</summary>
    internal static bool IsErofs(ImageSource source)
    {
        Span<byte> magic = stackalloc byte[4];
        return source.ReadExactly(magic, Position) == Errno.Success
            && BinaryPrimitives.ReadUInt32LittleEndian(magic) == Magic;
    }

    /// <summary>Reads and checks it; false with what is wrong, in words that follow the image's
    /// name.</summary>
    internal static bool TryRead(
        ImageSource source, [NotNullWhen(true)] out ErofsSuperblock? superblock, out string problem)
    {
        superblock = null;
        Span<byte> raw = stackalloc byte[Size];
        if (source.ReadExactly(raw, Position) != Errno.Success
            || BinaryPrimitives.ReadUInt32LittleEndian(raw) != Magic)
        {
            problem = "not an EROFS image";
            return false;
        }

        problem = Check(raw);
        if (problem.Length > 0)
        {
            return false;
        }

        if ((BinaryPrimitives.ReadUInt32LittleEndian(raw[8..]) & HasChecksum) != 0
            && !HasRightChecksum(source, raw[12], BinaryPrimitives.ReadUInt32LittleEndian(raw[4..])))
        {
            problem = "EROFS image is damaged: the superblock's checksum is wrong";
            return false;
        }

        superblock = new ErofsSuperblock(raw);
        return true;
    }

    private static string Check(ReadOnlySpan<byte> raw)
    {
        if (raw[12] is < SmallestBlock or > LargestBlock)
        {
            return $"EROFS image has blocks of 2^{raw[12]} bytes, which moat does not read";
        }

        if (raw[90] != 0)
        {
            return "EROFS image has directories in larger blocks, which moat does not read";
        }

        var features = (ErofsFeatures)BinaryPrimitives.ReadUInt32LittleEndian(raw[80..]);
        ErofsFeatures unknown = features & ~Known;
        if (unknown != 0)
        {
            return $"EROFS image uses {Name(unknown)}, which moat does not read";
        }

        bool hasList = (features & ErofsFeatures.CompressorSettings) != 0;
        ushort compressors = BinaryPrimitives.ReadUInt16LittleEndian(raw[84..]);
        if (hasList && (compressors & ~Lz4) != 0)
        {
            return $"EROFS image uses compression other than LZ4 (0x{compressors:x}), "
                + "which moat does not read";
        }

        bool hasPrefixes = (features & ErofsFeatures.AttributePrefixes) != 0 && raw[91] != 0;
        bool boxed = BinaryPrimitives.ReadUInt64LittleEndian(raw[96..]) != 0
            && (BinaryPrimitives.ReadUInt32LittleEndian(raw[8..]) & PlainPrefixes) == 0;
        return hasPrefixes && boxed
            ? "EROFS image keeps attribute prefixes in its packed file, which moat does not read" : "";
    }

    private static string Name(ErofsFeatures unknown)
    {
        ErofsFeatures first = (ErofsFeatures)(1u << BitOperations.TrailingZeroCount((uint)unknown));
        return first switch
        {
            ErofsFeatures.DeviceTable => "several devices or several compressors (device_table)",
            ErofsFeatures.InlineClusters => "compressed data beside inodes (ztailpacking)",
            ErofsFeatures.Fragments => "fragments or deduplication (fragments, dedupe)",
            ErofsFeatures.WideAddresses => "48-bit block addresses (48bit)",
            ErofsFeatures.MetadataBox => "compressed metadata (metabox)",
            _ => $"feature 0x{(uint)first:x}",
        };
    }

    /// <summary>CRC-32C over the block that the superblock is in, without the sum itself.</summary>
    private static bool HasRightChecksum(ImageSource source, int blockBits, uint expected)
    {
        int block = 1 << blockBits;
        int length = block > Position ? block - Position : block;
        Span<byte> bytes = stackalloc byte[1 << LargestBlock];
        bytes = bytes[..length];
        if (source.ReadExactly(bytes, Position) != Errno.Success)
        {
            return false;
        }

        bytes.Slice(4, 4).Clear();
        uint sum = uint.MaxValue;
        foreach (byte value in bytes)
        {
            sum = BitOperations.Crc32C(sum, value);
        }

        return sum == expected;
    }
}
