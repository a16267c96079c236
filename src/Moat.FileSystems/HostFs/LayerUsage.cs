// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;

namespace Moat.FileSystems.HostFs;

/// <summary>What the files of a layer take of the host's disk, against a limit.</summary>
/// <remarks>
/// Locks: its own, of rank Leaf.
/// Invariants: a file counts with what the host last said of it, however many names or opens it has; room is
/// reserved before something grows, so that the sum stays below the limit. A file that is mapped for writing
/// counts with its whole size, since nobody sees it grow.
/// </remarks>
internal sealed class LayerUsage(long limit)
{
    /// <summary>A name and an inode take something too.</summary>
    internal const long PerFile = 1024;

    internal const long PageSize = 4096;

    // An entry for each is held in memory.
    private const int MaximumFiles = 4 << 20;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<ulong, (long Bytes, int Opens, bool IsMapped)> _files = [];
    private long _used;
    private long _reserved;

    internal long Limit => limit;

    /// <summary>What is left of the limit.</summary>
    internal long Free
    {
        get
        {
            using (_lock.Enter())
            {
                return Math.Max(0, limit - _used - _reserved);
            }
        }
    }

    /// <summary>Room for something that is about to grow; given back when it has.</summary>
    internal bool TryReserve(long bytes)
    {
        using (_lock.Enter())
        {
            if (bytes > limit - _used - _reserved || _files.Count >= MaximumFiles)
            {
                return false;
            }

            _reserved += bytes;
            return true;
        }
    }

    internal void GiveBack(long bytes)
    {
        using (_lock.Enter())
        {
            _reserved -= bytes;
        }
    }

    /// <summary>Counts a file with what the host says of it.</summary>
    internal void Count(in HostStatx stat)
    {
        using (_lock.Enter())
        {
            ref (long Bytes, int Opens, bool IsMapped) file =
                ref CollectionsMarshal.GetValueRefOrAddDefault(_files, stat.Inode, out _);
            long bytes = BytesOf(stat, file.IsMapped);
            _used += bytes - file.Bytes;
            file.Bytes = bytes;
        }
    }

    /// <summary>The same for what is open.</summary>
    internal void Count(int fd)
    {
        if (HostPath.Stat(fd, [], HostPath.EmptyPath, out HostStatx stat) == Errno.Success)
        {
            Count(stat);
        }
    }

    /// <summary>From now on its whole size counts; false when there is no room for that.</summary>
    internal bool TryMap(in HostStatx stat)
    {
        using (_lock.Enter())
        {
            ref (long Bytes, int Opens, bool IsMapped) file =
                ref CollectionsMarshal.GetValueRefOrAddDefault(_files, stat.Inode, out _);
            long bytes = BytesOf(stat, isMapped: true);
            if (bytes - file.Bytes > limit - _used - _reserved)
            {
                return false;
            }

            _used += bytes - file.Bytes;
            (file.Bytes, file.IsMapped) = (bytes, true);
            return true;
        }
    }

    /// <summary>
    /// A file is about to have this size: where it is mapped, what is new of it counts at once. False when
    /// there is no room for that.
    /// </summary>
    internal bool TryGrow(ulong number, long size)
    {
        using (_lock.Enter())
        {
            if (!_files.TryGetValue(number, out (long Bytes, int Opens, bool IsMapped) file)
                || !file.IsMapped)
            {
                return true;
            }

            long more = PerFile + PageSize + Math.Min(size, long.MaxValue / 2) - file.Bytes;
            if (more > limit - _used - _reserved)
            {
                return false;
            }

            _used += Math.Max(0, more);
            _files[number] = file with { Bytes = file.Bytes + Math.Max(0, more) };
            return true;
        }
    }

    /// <summary>A descriptor of the file was opened.</summary>
    internal void Opened(ulong number)
    {
        using (_lock.Enter())
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_files, number, out _).Opens++;
        }
    }

    /// <summary>A descriptor is about to be closed, of a file whose names may be gone.</summary>
    internal void Closing(int fd)
    {
        if (HostPath.Stat(fd, [], HostPath.EmptyPath, out HostStatx stat) != Errno.Success)
        {
            return;
        }

        using (_lock.Enter())
        {
            ref (long Bytes, int Opens, bool IsMapped) file =
                ref CollectionsMarshal.GetValueRefOrAddDefault(_files, stat.Inode, out _);
            file.Opens--;
            file.IsMapped &= file.Opens > 0;
            long bytes = stat.LinkCount == 0 && file.Opens <= 0 ? 0 : BytesOf(stat, file.IsMapped);
            _used += bytes - file.Bytes;
            file.Bytes = bytes;
            if (bytes == 0)
            {
                _files.Remove(stat.Inode);
            }
        }
    }

    /// <summary>The last name of a file is gone; it stays while it is open.</summary>
    internal void Removed(ulong number)
    {
        using (_lock.Enter())
        {
            if (_files.TryGetValue(number, out (long Bytes, int Opens, bool IsMapped) file)
                && file.Opens <= 0)
            {
                _used -= file.Bytes;
                _files.Remove(number);
            }
        }
    }

    private static long BytesOf(in HostStatx stat, bool isMapped)
    {
        long blocks = stat.Blocks > long.MaxValue / 1024 ? long.MaxValue / 2 : (long)stat.Blocks * 512;
        long size = isMapped ? (long)Math.Min(stat.Size, long.MaxValue / 2) + PageSize : 0;
        return PerFile + Math.Max(blocks, size);
    }
}
