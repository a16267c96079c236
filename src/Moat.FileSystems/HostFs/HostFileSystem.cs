// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Vfs;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// A directory of the host, shown to the guest; nothing above it or on its proc and sysfs mounts can be
/// reached.
/// </summary>
/// <remarks>
/// Host calls take the descriptor of one directory and one name without a slash, never follow links, and
/// check what they got by device and inode number. Files hold no descriptor unless open; directories share a
/// bounded set.
/// </remarks>
public sealed class HostFileSystem : FileSystem
{
    private readonly HostInode _root;
    private readonly ConcurrentDictionary<ulong, ulong> _devices = new();
    private readonly ulong _rootDevice;

    private HostFileSystem(VirtualFileSystem vfs, int rootFd, in HostStatx stat,
        HostFileSystemOptions options)
        : base(vfs)
    {
        HostOptions = options;
        IsReadOnly = !options.IsWritable;
        _rootDevice = DeviceNumber.Make(stat.DevMajor, stat.DevMinor);
        Usage = options.LayerLimit > 0 ? new LayerUsage(options.LayerLimit) : null;
        Handles = new ReuseCache(options.MaxDirectoryHandles);
        OpenContents = new ReuseCache(options.MaxIdleFiles);
        _root = HostInode.CreateRoot(this, rootFd, stat);
    }

    public override string TypeName => HostOptions.TypeName;

    public override bool MustBeReadOnly => !HostOptions.IsWritable;

    public override string Options => HostOptions.ShownOptions;

    public override bool NeedsRevalidation => !HostOptions.IsExclusive;

    public override bool CachesMissingNames => HostOptions.IsExclusive;

    /// <summary>How it is shown.</summary>
    internal HostFileSystemOptions HostOptions { get; }

    /// <summary>What a layer with a limit takes; null for all others.</summary>
    internal LayerUsage? Usage { get; }

    /// <summary>Directories that stay open.</summary>
    internal ReuseCache Handles { get; }

    /// <summary>What directories contain, of an exclusive one.</summary>
    internal HostListings Listings { get; } = new();

    /// <summary>Regular files that stay open for reading, of an exclusive one.</summary>
    internal ReuseCache OpenContents { get; }

    protected override Inode RootInode => _root;

    /// <summary>Shows a host directory.</summary>
    /// <param name="vfs">The sandbox's registry.</param>
    /// <param name="rootFd">An O_PATH descriptor of the directory; owned by the file system from now
    /// on.</param>
    /// <param name="options">How it is shown.</param>
    public static Result<HostFileSystem> Create(VirtualFileSystem vfs, int rootFd,
        HostFileSystemOptions options)
    {
        Errno error = HostPath.Stat(rootFd, [], HostPath.EmptyPath, out HostStatx stat);
        return error == Errno.Success ? new HostFileSystem(vfs, rootFd, stat, options) : error;
    }

    public override Result<FileSystemStatistics> GetStatistics()
    {
        if (!_root.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        Span<ulong> words = stackalloc ulong[15];
        error = HostFile.StatFs(handle.Fd, words);
        handle.Release();
        if (error != Errno.Success)
        {
            return error;
        }

        var statistics = new FileSystemStatistics
        {
            Magic = words[0],
            BlockSize = (long)words[1],
            Blocks = words[2],
            BlocksFree = words[3],
            BlocksAvailable = words[4],
            Files = words[5],
            FilesFree = words[6],
            NameLength = (long)words[8],
        };
        return Usage is { } usage ? Limit(statistics, usage) : statistics;
    }

    public override Errno Sync()
    {
        if (!HostOptions.IsWritable)
        {
            return Errno.Success;
        }

        if (_root.Contents.TryAcquireAny() is { } file)
        {
            Errno synced = HostFile.SyncFileSystem(file.HostFd);
            file.Release();
            return synced;
        }

        if (!_root.AcquireDirectory().TryGet(out HostDirectoryHandle? handle, out Errno error))
        {
            return error;
        }

        Result<int> fd = HostListing.Open(_root, handle);
        error = fd.IsOk ? HostFile.SyncFileSystem(fd.Value) : fd.Error;
        _ = fd.IsOk ? HostFile.Close(fd.Value) : Errno.Success;
        handle.Release();
        return error;
    }

    /// <summary>Counts what is in a layer with a limit already.</summary>
    public Errno CountUsage(Caller caller, Inode directory) =>
        Usage is { } usage && directory is HostInode from
            ? LayerWrites.CountAll(caller, usage, from) : Errno.Success;

    private static FileSystemStatistics Limit(FileSystemStatistics statistics, LayerUsage usage)
    {
        ulong block = (ulong)Math.Max(1, statistics.BlockSize);
        ulong free = (ulong)usage.Free / block;
        return statistics with
        {
            Blocks = Math.Min(statistics.Blocks, (ulong)usage.Limit / block),
            BlocksFree = Math.Min(statistics.BlocksFree, free),
            BlocksAvailable = Math.Min(statistics.BlocksAvailable, free),
        };
    }

    /// <summary>The guest's st_dev for a host device.</summary>
    internal ulong MapDevice(ulong hostDevice) =>
        hostDevice == _rootDevice ? DeviceId
        : _devices.TryGetValue(hostDevice, out ulong mapped) ? mapped
        : _devices.GetOrAdd(hostDevice, Vfs.AllocateAnonymousDevice());
}
