// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;

namespace Moat.Vfs.Handles;

/// <summary>What a handle says of a file: an inode's number and its generation.</summary>
/// <param name="Type">Which of the two layouts it has: that of tmpfs, or that of all others.</param>
/// <param name="Number">st_ino.</param>
/// <param name="Generation">Tells inodes of one number apart.</param>
public readonly record struct FileHandle(int Type, ulong Number, uint Generation)
{
    /// <summary>Bytes of either layout.</summary>
    public const int Size = 12;

    /// <summary>FILEID_INVALID: the type of a handle that did not fit.</summary>
    public const int NoType = 0xff;

    /// <summary>tmpfs's: generation, number.</summary>
    private const int MemoryType = 1;

    /// <summary>FILEID_INO64_GEN of file systems that open none: number, generation.</summary>
    private const int NumberType = 0x81;

    /// <summary>The handle of an inode.</summary>
    /// <param name="inode">Which.</param>
    /// <param name="entry">A name of it, by which the handle is to open; null for what is gone.</param>
    public static FileHandle Of(Inode inode, Dentry? entry)
    {
        _ = inode.GetAttributes(out InodeAttributes attributes);
        ulong number = attributes.InodeNumber;
        if (inode.FileSystem.GivenHandles is not { } given)
        {
            return new FileHandle(NumberType, number, 0);
        }

        if (entry is not null)
        {
            given.Give(number, entry);
        }

        return new FileHandle(MemoryType, number, inode.Generation);
    }

    /// <summary>Where the bytes of a handle lead in a file system; null for what is gone or forged.</summary>
    public static Dentry? Find(FileSystem fileSystem, ReadOnlySpan<byte> handle) =>
        handle.Length < Size ? null : fileSystem.GivenHandles?.Find(
            BinaryPrimitives.ReadUInt64LittleEndian(handle[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(handle));

    /// <summary>Writes its bytes.</summary>
    public void Write(Span<byte> handle)
    {
        bool isMemory = Type == MemoryType;
        BinaryPrimitives.WriteUInt32LittleEndian(handle[(isMemory ? 0 : 8)..], Generation);
        BinaryPrimitives.WriteUInt64LittleEndian(handle[(isMemory ? 4 : 0)..], Number);
    }
}
