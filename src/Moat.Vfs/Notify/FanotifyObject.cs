// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Vfs.Handles;

namespace Moat.Vfs.Notify;

/// <summary>What an event names a file by: a file system and a handle.</summary>
internal readonly record struct FanotifyObject(ulong FileSystemId, FileHandle Handle)
{
    /// <summary>Bytes of a record without a name: header, file system, handle.</summary>
    internal const int RecordSize = 4 + 8 + 8 + FileHandle.Size;

    internal static FanotifyObject Of(Inode inode, Dentry? dentry) =>
        new(inode.FileSystem.DeviceId, FileHandle.Of(inode, dentry));

    /// <summary>struct fanotify_event_info_fid, and a name with its NUL when there is one.</summary>
    internal void Write(Span<byte> record, byte type, byte[]? name)
    {
        record.Clear();
        record[0] = type;
        MemoryMarshal.Write(record[2..], (ushort)record.Length);
        MemoryMarshal.Write(record[4..], FileSystemId);
        MemoryMarshal.Write(record[12..], (uint)FileHandle.Size);
        MemoryMarshal.Write(record[16..], Handle.Type);
        Handle.Write(record[20..]);
        name?.CopyTo(record[RecordSize..]);
    }

    /// <summary>Bytes of a record with a name, in whole words.</summary>
    internal static int SizeWith(byte[]? name) =>
        name is null ? RecordSize : (RecordSize + name.Length + 1 + 3) & ~3;
}
