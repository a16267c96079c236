// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;

namespace Moat.FileSystems.HostFs;

/// <summary>Reads a whole host directory.</summary>
internal static class HostListing
{
    private const int BufferSize = 32 * 1024;
    private const int HeaderSize = 19;

    internal static Result<DirectoryListing> Read(int fd)
    {
        var listing = new DirectoryListing();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        Errno error = Errno.Success;
        while (true)
        {
            if (!HostPath.ReadDirectory(fd, buffer).TryGet(out int used, out error) || used == 0)
            {
                break;
            }

            Parse(buffer.AsSpan(0, used), listing);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return error == Errno.Success ? listing : error;
    }

    private static void Parse(ReadOnlySpan<byte> records, DirectoryListing listing)
    {
        while (records.Length > HeaderSize)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            if (size <= HeaderSize || size > records.Length)
            {
                return;
            }

            ReadOnlySpan<byte> name = records[HeaderSize..size];
            int end = name.IndexOf((byte)0);
            name = end < 0 ? name : name[..end];
            if (name.Length is > 0 and <= 255 && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                listing.Add(name, BinaryPrimitives.ReadUInt64LittleEndian(records), records[18]);
            }

            records = records[size..];
        }
    }
}
