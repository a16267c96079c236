// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;

namespace Moat.FileSystems.HostFs;

/// <summary>Reads a whole host directory.</summary>
internal static class HostListing
{
    private const int HeaderSize = 19;

    /// <summary>Reads all entries.</summary>
    internal static Result<DirectoryListing> Read(HostInode directory)
    {
        if (!directory.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        Result<DirectoryListing> listing;
        if (handle.TryBeginListing())
        {
            error = HostFile.Seek(handle.Fd, 0, 0).Error;
            listing = error == Errno.Success ? Read(handle.Fd) : error;
            handle.EndListing();
        }
        else
        {
            Result<int> fd = Open(directory, handle);
            listing = fd.IsOk ? Read(fd.Value) : fd.Error;
            _ = fd.IsOk ? HostFile.Close(fd.Value) : Errno.Success;
        }

        handle.Release();
        return listing;
    }

    /// <summary>What open(2) says of a directory that is to be listed.</summary>
    internal static Errno Check(HostInode directory)
    {
        if (!directory.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        if (!handle.IsReadable)
        {
            Result<int> fd = Open(directory, handle);
            error = fd.IsOk ? HostFile.Close(fd.Value) : fd.Error;
        }

        handle.Release();
        return error;
    }

    /// <summary>fsync(2) of a directory: its names are on the disk. What was removed has none.</summary>
    internal static Errno Sync(HostInode directory)
    {
        if (!directory.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error == Errno.ENOENT ? Errno.Success : error;
        }

        Result<int> fd = handle.IsReadable ? handle.Fd : Open(directory, handle);
        error = fd.IsOk ? HostFile.Sync(fd.Value, onlyData: false) : fd.Error;
        _ = fd.IsOk && !handle.IsReadable ? HostFile.Close(fd.Value) : Errno.Success;
        handle.Release();
        return error;
    }

    /// <summary>Opens a directory for reading, of which there is a handle to walk from.</summary>
    internal static Result<int> Open(HostInode directory, HostDirectoryHandle handle)
    {
        const OpenFlags Flags = OpenFlags.Directory | OpenFlags.CloseOnExec;
        Result<int> fd = HostAttributes.OpenStep(handle.Fd, "."u8, Flags);

        // From itself it takes the right to search; by its name one to read is enough.
        return fd.Error == Errno.EACCES && directory.Place is not null
            ? directory.OpenVerified(OpenFlags.ReadOnly | OpenFlags.Directory) : fd;
    }

    private static Result<DirectoryListing> Read(int fd)
    {
        var listing = new DirectoryListing();
        byte[] buffer = ScratchBuffers.Take();
        Errno error = Errno.Success;
        while (true)
        {
            if (!HostPath.ReadDirectory(fd, buffer).TryGet(out int used, out error) || used == 0)
            {
                break;
            }

            Parse(buffer.AsSpan(0, used), listing);
        }

        ScratchBuffers.Return(buffer);
        return error == Errno.Success ? listing : error;
    }

    private static void Reserve(ReadOnlySpan<byte> records, DirectoryListing listing)
    {
        int entries = 0;
        int bytes = 0;
        while (records.Length > HeaderSize)
        {
            int size = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            if (size <= HeaderSize || size > records.Length)
            {
                break;
            }

            entries++;
            bytes += size - HeaderSize;
            records = records[size..];
        }

        listing.Reserve(bytes, entries);
    }

    private static void Parse(ReadOnlySpan<byte> records, DirectoryListing listing)
    {
        Reserve(records, listing);
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
