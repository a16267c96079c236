// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Erofs;

/// <summary>Directories: blocks of entries that are sorted by name.</summary>
internal static class ErofsDirectory
{
    private const int EntrySize = 12;
    private const int MostBlockBytes = 4096;
    private const long Largest = 32 << 20;

    /// <summary>The number of the inode under a name; ENOENT.</summary>
    internal static Result<ulong> Find(ErofsInode directory, ReadOnlySpan<byte> name)
    {
        if (directory.Size > Largest)
        {
            return Errno.EUCLEAN;
        }

        Span<byte> block = stackalloc byte[MostBlockBytes];
        int size = directory.Erofs.Superblock.BlockSize;
        int low = 0;
        int high = (int)((directory.Size + size - 1) / size) - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            Result<int> entries = ReadBlock(directory, middle, block, out int length);
            if (!entries.IsOk)
            {
                return entries.Error;
            }

            ReadOnlySpan<byte> bytes = block[..length];
            if (!TryEntry(bytes, entries.Value, 0, out ReadOnlySpan<byte> first, out _)
                || !TryEntry(bytes, entries.Value, entries.Value - 1, out ReadOnlySpan<byte> last, out _))
            {
                return Errno.EUCLEAN;
            }

            if (name.SequenceCompareTo(first) < 0)
            {
                high = middle - 1;
            }
            else if (name.SequenceCompareTo(last) > 0)
            {
                low = middle + 1;
            }
            else
            {
                return FindIn(bytes, entries.Value, name);
            }
        }

        return Errno.ENOENT;
    }

    /// <summary>All entries.</summary>
    internal static Result<DirectoryListing> List(ErofsInode directory)
    {
        if (directory.Size > Largest)
        {
            return Errno.EUCLEAN;
        }

        var listing = new DirectoryListing();
        Span<byte> block = stackalloc byte[MostBlockBytes];
        int size = directory.Erofs.Superblock.BlockSize;
        for (int number = 0; (long)number * size < directory.Size; number++)
        {
            Result<int> entries = ReadBlock(directory, number, block, out int length);
            Errno error = entries.IsOk ? AddAll(block[..length], entries.Value, listing) : entries.Error;
            if (error != Errno.Success)
            {
                return error;
            }
        }

        return listing;
    }

    private static Errno AddAll(ReadOnlySpan<byte> block, int entries, DirectoryListing listing)
    {
        for (int i = 0; i < entries; i++)
        {
            if (!TryEntry(block, entries, i, out ReadOnlySpan<byte> name, out ulong nid))
            {
                return Errno.EUCLEAN;
            }

            if (name.Contains((byte)'/'))
            {
                // As Linux's readdir does.
                return Errno.EIO;
            }

            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                listing.Add(name, nid, EntryType(block[(i * EntrySize) + 10]));
            }
        }

        return Errno.Success;
    }

    private static Result<ulong> FindIn(ReadOnlySpan<byte> block, int entries, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < entries; i++)
        {
            if (!TryEntry(block, entries, i, out ReadOnlySpan<byte> candidate, out ulong nid))
            {
                return Errno.EUCLEAN;
            }

            if (candidate.SequenceEqual(name))
            {
                return nid;
            }
        }

        return Errno.ENOENT;
    }

    /// <summary>Reads one block of a directory; returns how many entries it has, at least one.</summary>
    private static Result<int> ReadBlock(ErofsInode directory, int number, Span<byte> block, out int length)
    {
        int size = directory.Erofs.Superblock.BlockSize;
        long start = (long)number * size;
        length = (int)Math.Min(size, directory.Size - start);
        Errno error = directory.ReadAll(block[..length], start);
        if (error != Errno.Success)
        {
            return error;
        }

        if (length < EntrySize)
        {
            return Errno.EUCLEAN;
        }

        // Names follow the entries: where the first name begins the entries end.
        int names = BinaryPrimitives.ReadUInt16LittleEndian(block[8..]);
        return names < EntrySize || names >= length || names % EntrySize != 0
            ? Errno.EUCLEAN : names / EntrySize;
    }

    private static bool TryEntry(
        ReadOnlySpan<byte> block, int entries, int index, out ReadOnlySpan<byte> name, out ulong nid)
    {
        ReadOnlySpan<byte> entry = block[(index * EntrySize)..];
        nid = BinaryPrimitives.ReadUInt64LittleEndian(entry);
        int start = BinaryPrimitives.ReadUInt16LittleEndian(entry[8..]);
        int end = index + 1 < entries
            ? BinaryPrimitives.ReadUInt16LittleEndian(entry[(EntrySize + 8)..]) : block.Length;
        name = default;
        if (start < entries * EntrySize || start >= end || end > block.Length)
        {
            return false;
        }

        name = block[start..end];
        int stop = name.IndexOf((byte)0);
        name = stop < 0 ? name : name[..stop];
        return name.Length is > 0 and <= 255;
    }

    /// <summary>DT_* of an entry: the same numbers as those of ext2's, one to seven.</summary>
    private static byte EntryType(byte type) => type switch
    {
        1 => StatMode.DirectoryEntryType(FileType.Regular),
        2 => StatMode.DirectoryEntryType(FileType.Directory),
        3 => StatMode.DirectoryEntryType(FileType.CharacterDevice),
        4 => StatMode.DirectoryEntryType(FileType.BlockDevice),
        5 => StatMode.DirectoryEntryType(FileType.Fifo),
        6 => StatMode.DirectoryEntryType(FileType.Socket),
        7 => StatMode.DirectoryEntryType(FileType.Symlink),
        _ => 0,
    };
}
