// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;

namespace Moat.Vfs;

/// <summary>The entries of a directory at one moment, packed; filled by one thread, then only read.</summary>
public sealed class DirectoryListing
{
    private const int HeaderSize = 10;
    private byte[] _data = [];
    private int _used;
    private int[] _offsets = [];

    /// <summary>Number of entries.</summary>
    public int Count { get; private set; }

    /// <summary>Memory that it takes.</summary>
    public int Bytes => _data.Length + (_offsets.Length * sizeof(int));

    /// <summary>Makes room for so many more bytes of names and so many more entries.</summary>
    public void Reserve(int nameBytes, int entries)
    {
        int needed = _used + nameBytes + (entries * HeaderSize);
        if (needed > _data.Length)
        {
            Array.Resize(ref _data, _used == 0 ? needed : Math.Max(needed, _data.Length * 2));
        }

        if (Count + entries > _offsets.Length)
        {
            Array.Resize(ref _offsets, Count == 0 ? entries : Math.Max(Count + entries, Count * 2));
        }
    }

    /// <summary>Adds an entry of at most 255 bytes of name; "." and ".." do not belong here.</summary>
    public void Add(ReadOnlySpan<byte> name, ulong inodeNumber, FileType type) =>
        Add(name, inodeNumber, StatMode.DirectoryEntryType(type));

    /// <summary>Adds an entry with a DT_* type.</summary>
    public void Add(ReadOnlySpan<byte> name, ulong inodeNumber, byte type)
    {
        int size = HeaderSize + name.Length;
        if (_data.Length - _used < size)
        {
            Array.Resize(ref _data, Math.Max(_used + size, Math.Max(512, _data.Length * 2)));
        }

        if (Count == _offsets.Length)
        {
            Array.Resize(ref _offsets, Math.Max(16, Count * 2));
        }

        Span<byte> entry = _data.AsSpan(_used, size);
        BinaryPrimitives.WriteUInt64LittleEndian(entry, inodeNumber);
        entry[8] = type;
        entry[9] = checked((byte)name.Length);
        name.CopyTo(entry[HeaderSize..]);
        _offsets[Count++] = _used;
        _used += size;
    }

    /// <summary>Adds an entry with a name in UTF-8.</summary>
    public void Add(string name, ulong inodeNumber, FileType type) =>
        Add(System.Text.Encoding.UTF8.GetBytes(name), inodeNumber, type);

    public ReadOnlySpan<byte> Name(int index) =>
        _data.AsSpan(_offsets[index] + HeaderSize, _data[_offsets[index] + 9]);

    public ulong InodeNumber(int index) =>
        BinaryPrimitives.ReadUInt64LittleEndian(_data.AsSpan(_offsets[index]));

    /// <summary>The DT_* type.</summary>
    public byte EntryType(int index) => _data[_offsets[index] + 8];
}
