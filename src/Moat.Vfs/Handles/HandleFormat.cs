// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Handles;

/// <summary>
/// What stands in a handle: an inode's number and its generation, as tmpfs and as all others.
/// </summary>
public static class HandleFormat
{
    /// <summary>Bytes of either kind.</summary>
    public const int Size = 12;

    /// <summary>FILEID_INVALID: the type of a handle that did not fit.</summary>
    public const int NoType = 0xff;

    /// <summary>tmpfs's: generation, number.</summary>
    private const int MemoryType = 1;

    /// <summary>FILEID_INO64_GEN of file systems that open none: number, generation.</summary>
    private const int NumberType = 0x81;

    /// <summary>Writes the handle of a place into 12 bytes.</summary>
    /// <returns>Its type.</returns>
    public static Result<int> Write(Dentry dentry, Span<byte> handle)
    {
        Errno error = dentry.Inode.GetAttributes(out InodeAttributes attributes);
        if (error != Errno.Success)
        {
            return error;
        }

        ulong number = attributes.InodeNumber;
        if (dentry.FileSystem.GivenHandles is not { } given)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(handle, number);
            BinaryPrimitives.WriteUInt32LittleEndian(handle[8..], 0);
            return NumberType;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(handle, given.Give(number, dentry));
        BinaryPrimitives.WriteUInt64LittleEndian(handle[4..], number);
        return MemoryType;
    }

    /// <summary>Where the bytes of a handle lead in a file system; null for what is gone or forged.</summary>
    public static Dentry? Find(FileSystem fileSystem, ReadOnlySpan<byte> handle) =>
        handle.Length < Size ? null : fileSystem.GivenHandles?.Find(
            BinaryPrimitives.ReadUInt64LittleEndian(handle[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(handle));
}
