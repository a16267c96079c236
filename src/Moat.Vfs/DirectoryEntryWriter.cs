// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Vfs;

/// <summary>Packs struct linux_dirent64 entries into a buffer.</summary>
public ref struct DirectoryEntryWriter
{
    private readonly Span<byte> _buffer;
    private int _used;

    public DirectoryEntryWriter(Span<byte> buffer) => _buffer = buffer;

    /// <summary>Bytes written so far.</summary>
    public readonly int Length => _used;

    /// <summary>Bytes that are left.</summary>
    public readonly int Room => _buffer.Length - _used;

    /// <summary>Adds an entry; false when it does not fit.</summary>
    /// <param name="inode">d_ino.</param>
    /// <param name="nextOffset">d_off: the position that continues after this entry.</param>
    /// <param name="type">DT_* type.</param>
    /// <param name="name">The name, without NUL.</param>
    public bool TryAdd(ulong inode, long nextOffset, byte type, ReadOnlySpan<byte> name)
    {
        int size = (19 + name.Length + 1 + 7) & ~7;
        if (_buffer.Length - _used < size)
        {
            return false;
        }

        Span<byte> entry = _buffer.Slice(_used, size);
        entry.Clear();
        BitConverter.TryWriteBytes(entry, inode);
        BitConverter.TryWriteBytes(entry[8..], nextOffset);
        BitConverter.TryWriteBytes(entry[16..], (ushort)size);
        entry[18] = type;
        name.CopyTo(entry[19..]);
        _used += size;
        return true;
    }
}
