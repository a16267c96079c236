// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;

namespace Moat.FileSystems.HostFs;

/// <summary>Changes of a layer that has a limit: ENOSPC beyond it.</summary>
internal static class LayerWrites
{
    /// <summary>Writes as much as there is room for.</summary>
    internal static Result<int> Write(
        LayerUsage usage, HostContent content, ReadOnlySpan<byte> buffer, long offset)
    {
        if (buffer.IsEmpty)
        {
            return HostFile.Pwrite(content.HostFd, buffer, offset);
        }

        int length = Reserve(usage, content.HostFd, buffer.Length, offset, out long reserved);
        if (length == 0)
        {
            return Errno.ENOSPC;
        }

        if (!MayGrow(usage, content.HostFd, offset, length))
        {
            usage.GiveBack(reserved);
            return Errno.ENOSPC;
        }

        Result<int> written = HostFile.Pwrite(content.HostFd, buffer[..length], offset);
        usage.Count(content.HostFd);
        usage.GiveBack(reserved);
        return written;
    }

    /// <summary>fallocate(2).</summary>
    internal static Errno Allocate(LayerUsage usage, HostContent content, uint mode, long offset, long length)
    {
        const uint PunchHole = 2;
        bool grows = (mode & PunchHole) == 0;
        if (grows && length >= long.MaxValue / 2)
        {
            return Errno.ENOSPC;
        }

        long bytes = grows && length > 0 ? length + 2 * LayerUsage.PageSize : 0;
        if (bytes > 0 && !usage.TryReserve(bytes))
        {
            return Errno.ENOSPC;
        }

        if (grows && !MayGrow(usage, content.HostFd, offset, length))
        {
            usage.GiveBack(bytes);
            return Errno.ENOSPC;
        }

        Errno error = HostFile.Allocate(content.HostFd, mode, offset, length);
        usage.Count(content.HostFd);
        usage.GiveBack(bytes);
        return error;
    }

    /// <summary>truncate(2): what a mapping can fill later counts now.</summary>
    internal static Errno Truncate(LayerUsage? usage, int fd, long size)
    {
        if (usage is not null && !MayGrow(usage, fd, size, 0))
        {
            return Errno.ENOSPC;
        }

        Errno error = HostFile.Truncate(fd, size);
        usage?.Count(fd);
        return error;
    }

    private static bool MayGrow(LayerUsage usage, int fd, long offset, long length) =>
        HostPath.Stat(fd, [], HostPath.EmptyPath, out HostStatx stat) == Errno.Success
            && (offset < 0 || length < 0 || offset > long.MaxValue - length
                || usage.TryGrow(stat.Inode, Math.Max(offset + length, (long)stat.Size)));

    /// <summary>A mapping through which the file may be written.</summary>
    internal static Errno Map(LayerUsage usage, HostContent content)
    {
        Errno error = HostPath.Stat(content.HostFd, [], HostPath.EmptyPath, out HostStatx stat);
        return error != Errno.Success ? error : usage.TryMap(stat) ? Errno.Success : Errno.ENOSPC;
    }

    /// <summary>Makes something new.</summary>
    internal static Result<Inode> Create(
        LayerUsage usage, HostInode directory, ReadOnlySpan<byte> name, in InodeCreation creation)
    {
        // Whiteouts are no more than the names below, and to be without one brings what it hid back.
        bool isWhiteout = creation.Type == FileType.CharacterDevice;
        long reserved = isWhiteout ? 0 : LayerUsage.PerFile + 2 * LayerUsage.PageSize;
        if (!isWhiteout && !usage.TryReserve(reserved))
        {
            return Errno.ENOSPC;
        }

        Result<Inode> made = HostChanges.Create(directory, name, creation);
        CountName(usage, directory, name);
        CountDirectory(usage, directory);
        usage.GiveBack(reserved);
        return made;
    }

    internal static Errno Link(
        LayerUsage usage, HostInode directory, ReadOnlySpan<byte> name, HostInode target)
    {
        if (!usage.TryReserve(LayerUsage.PageSize))
        {
            return Errno.ENOSPC;
        }

        Errno error = HostChanges.Link(directory, name, target);
        CountDirectory(usage, directory);
        usage.GiveBack(LayerUsage.PageSize);
        return error;
    }

    /// <summary>What a name that is about to go leads to: its number, if it is the last one.</summary>
    internal static ulong? BeforeRemoval(HostInode? victim) =>
        victim is not null && victim.GetAttributes(null, out InodeAttributes attributes) == Errno.Success
            && (attributes.LinkCount <= 1 || victim.IsDirectory) ? victim.Number : null;

    internal static void CountDirectory(LayerUsage usage, HostInode directory)
    {
        if (directory.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out _))
        {
            usage.Count(handle.Fd);
            handle.Release();
        }
    }

    /// <summary>Counts everything below a directory, as it is now.</summary>
    internal static Errno CountAll(Caller caller, LayerUsage usage, HostInode root)
    {
        var pending = new Stack<HostInode>([root]);
        while (pending.TryPop(out HostInode? directory))
        {
            CountDirectory(usage, directory);
            if (!directory.List(caller).TryGet(out DirectoryListing? names, out Errno error))
            {
                return error;
            }

            for (int i = 0; i < names.Count; i++)
            {
                CountName(usage, directory, names.Name(i));
                Result<Inode> found = directory.Find(names.Name(i));
                if (found.IsOk && found.Value is HostInode { IsDirectory: true } below)
                {
                    pending.Push(below);
                }
            }
        }

        return Errno.Success;
    }

    private static void CountName(LayerUsage usage, HostInode directory, ReadOnlySpan<byte> name)
    {
        if (!directory.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out _))
        {
            return;
        }

        if (HostPath.Stat(handle.Fd, name, HostAttributes.NoFollow, out HostStatx stat) == Errno.Success)
        {
            usage.Count(stat);
        }

        handle.Release();
    }

    // Less than all when the limit is near; all of it without new room where the file has it already.
    private static int Reserve(LayerUsage usage, int fd, int length, long offset, out long reserved)
    {
        reserved = length + 2 * LayerUsage.PageSize;
        if (usage.TryReserve(reserved))
        {
            return length;
        }

        reserved = 0;
        if (HostPath.Stat(fd, [], HostPath.EmptyPath, out HostStatx stat) == Errno.Success
            && stat.Blocks * 512 >= stat.Size && offset >= 0 && (ulong)offset + (ulong)length <= stat.Size)
        {
            return length;
        }

        long room = usage.Free - 2 * LayerUsage.PageSize;
        if (room <= 0 || !usage.TryReserve(room + 2 * LayerUsage.PageSize))
        {
            return 0;
        }

        reserved = room + 2 * LayerUsage.PageSize;
        return (int)Math.Min(length, room);
    }
}
