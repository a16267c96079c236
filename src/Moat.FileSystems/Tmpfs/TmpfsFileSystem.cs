// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Handles;

namespace Moat.FileSystems.Tmpfs;

/// <summary>A file system in memory (tmpfs(5)).</summary>
/// <remarks>Locks: none of its own; the counters are interlocked.</remarks>
public sealed class TmpfsFileSystem : FileSystem
{
    internal const long PageSize = 4096;

    private readonly long _pageLimit;
    private readonly TmpfsDirectory _root;
    private long _pages;
    private long _inodes;

    /// <summary>An empty instance.</summary>
    public TmpfsFileSystem(VirtualFileSystem vfs, TmpfsOptions options)
        : base(vfs)
    {
        TmpfsOptions = options;
        _pageLimit = options.SizeLimit == 0 ? long.MaxValue : (options.SizeLimit + PageSize - 1) / PageSize;
        TryAddInode();
        _root = new TmpfsDirectory(
            this, new InodeCreation { Mode = (uint)FileType.Directory | options.Mode, Uid = options.Uid,
                Gid = options.Gid });
    }

    public override string TypeName => TmpfsOptions.TypeName;

    public override string Options
    {
        get
        {
            string size = !TmpfsOptions.ShowsSize ? "" : $"size={TmpfsOptions.SizeLimit / 1024}k";
            string mode = TmpfsOptions.Mode == 0x3ff
                ? "" : "mode=" + System.Convert.ToString(TmpfsOptions.Mode, 8);
            return size.Length > 0 && mode.Length > 0 ? size + "," + mode : size + mode;
        }
    }

    public override FileHandles GivenHandles { get; } = new();

    internal TmpfsOptions TmpfsOptions { get; }

    protected override Inode RootInode => _root;

    public override Result<FileSystemStatistics> GetStatistics()
    {
        bool limited = _pageLimit != long.MaxValue;
        ulong free = limited ? (ulong)System.Math.Max(0, _pageLimit - Volatile.Read(ref _pages)) : 0;
        bool counted = TmpfsOptions.InodeLimit != 0;
        return new FileSystemStatistics
        {
            Magic = TmpfsOptions.Magic,
            BlockSize = PageSize,
            Blocks = limited ? (ulong)_pageLimit : 0,
            BlocksFree = free,
            BlocksAvailable = free,
            Files = counted ? (ulong)TmpfsOptions.InodeLimit : 0,
            FilesFree = counted
                ? (ulong)System.Math.Max(0, TmpfsOptions.InodeLimit - Volatile.Read(ref _inodes)) : 0,
            NameLength = 255,
        };
    }

    /// <summary>
    /// Counts a change in content pages; false (and no change) when the limit would be passed.
    /// </summary>
    internal bool TryCharge(long pages)
    {
        if (Interlocked.Add(ref _pages, pages) <= _pageLimit || pages <= 0)
        {
            return true;
        }

        Interlocked.Add(ref _pages, -pages);
        return false;
    }

    internal bool TryAddInode()
    {
        if (Interlocked.Increment(ref _inodes) <= TmpfsOptions.InodeLimit || TmpfsOptions.InodeLimit == 0)
        {
            return true;
        }

        Interlocked.Decrement(ref _inodes);
        return false;
    }

    internal void RemoveInode() => Interlocked.Decrement(ref _inodes);

    /// <summary>Makes an inode of whatever type.</summary>
    internal Result<Inode> Make(in InodeCreation creation)
    {
        if (!TryAddInode())
        {
            return Errno.ENOSPC;
        }

        return creation.Type switch
        {
            FileType.Regular => new TmpfsFile(this, creation),
            FileType.Directory => new TmpfsDirectory(this, creation),
            FileType.Symlink => new TmpfsSymlink(this, creation),
            _ => new TmpfsNode(this, creation),
        };
    }
}
