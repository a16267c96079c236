// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Images;
using Moat.Vfs;

namespace Moat.FileSystems.Erofs;

/// <summary>An EROFS image, read from a descriptor of the host.</summary>
/// <remarks>
/// Everything in the image is hostile: what is read is checked where it is read, again each time.
/// Locks: <see cref="_shared"/> needs none.
/// </remarks>
public sealed class ErofsFileSystem : ImageFileSystem
{
    private const int FirstCleaning = 1024;

    // Inodes with several names, so that all names lead to one object (locks, mappings).
    private readonly ConcurrentDictionary<ulong, WeakReference<ErofsInode>> _shared = new();
    private readonly ErofsInode _root;
    private int _cleanAt = FirstCleaning;

    private ErofsFileSystem(
        VirtualFileSystem vfs, ImageSource source, ErofsSuperblock superblock, ErofsRecord root,
        ImageOptions options)
        : base(vfs, options)
    {
        Source = source;
        Own(source);
        Superblock = superblock;
        _root = new ErofsInode(this, null, root);
    }

    /// <inheritdoc/>
    public override string TypeName => "erofs";

    internal ImageSource Source { get; }

    internal ErofsSuperblock Superblock { get; }

    /// <summary>Extents that were decompressed last.</summary>
    internal ErofsExtentCache Extents { get; } = new();

    /// <inheritdoc/>
    protected override Inode RootInode => _root;

    /// <summary>True when an image is of this format.</summary>
    public static bool IsErofs(ImageSource source) => ErofsSuperblock.IsErofs(source);

    /// <summary>Opens an image; null with what is wrong, in words that follow its name.</summary>
    public static ErofsFileSystem? Create(
        VirtualFileSystem vfs, ImageSource source, ImageOptions options, out string problem)
    {
        if (!ErofsSuperblock.TryRead(source, out ErofsSuperblock? superblock, out problem))
        {
            return null;
        }

        Errno error = ErofsRecord.Read(source, superblock, superblock.RootNid, out ErofsRecord root);
        if (error != Errno.Success || StatMode.TypeOf(root.Mode) != FileType.Directory)
        {
            problem = "EROFS image is damaged: its root is not a directory";
            return null;
        }

        return new ErofsFileSystem(vfs, source, superblock, root, options);
    }

    /// <inheritdoc/>
    public override Result<FileSystemStatistics> GetStatistics() => new FileSystemStatistics
    {
        Magic = ErofsSuperblock.Magic,
        BlockSize = Superblock.BlockSize,
        Blocks = Superblock.Blocks,
        Files = Superblock.InodeCount,
        NameLength = 255,
    };

    /// <summary>The inode with a number, found in a directory.</summary>
    internal Result<Inode> Find(ErofsInode parent, ulong nid)
    {
        Errno error = ErofsRecord.Read(Source, Superblock, nid, out ErofsRecord record);
        if (error != Errno.Success)
        {
            return error;
        }

        bool isDirectory = StatMode.TypeOf(record.Mode) == FileType.Directory;
        if (isDirectory)
        {
            error = parent.CheckBelow(nid);
            return error != Errno.Success ? error : new ErofsInode(this, parent, record);
        }

        return record.LinkCount > 1 ? Share(nid, record) : new ErofsInode(this, null, record);
    }

    private ErofsInode Share(ulong nid, in ErofsRecord record)
    {
        var made = new ErofsInode(this, null, record);
        while (true)
        {
            WeakReference<ErofsInode> entry = _shared.GetOrAdd(
                nid, static (_, inode) => new WeakReference<ErofsInode>(inode), made);
            if (entry.TryGetTarget(out ErofsInode? present))
            {
                Clean();
                return present;
            }

            if (_shared.TryUpdate(nid, new WeakReference<ErofsInode>(made), entry))
            {
                return made;
            }
        }
    }

    /// <summary>Drops entries of inodes that nobody holds any more, each time they have doubled.</summary>
    private void Clean()
    {
        int due = Volatile.Read(ref _cleanAt);
        if (_shared.Count < due || Interlocked.CompareExchange(ref _cleanAt, int.MaxValue, due) != due)
        {
            return;
        }

        foreach ((ulong nid, WeakReference<ErofsInode> entry) in _shared)
        {
            if (!entry.TryGetTarget(out _))
            {
                _shared.TryRemove(new(nid, entry));
            }
        }

        Volatile.Write(ref _cleanAt, Math.Max(FirstCleaning, _shared.Count * 2));
    }
}
