// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.HostFs;
using Moat.Host.Files;
using Moat.Host.Shared;
using Moat.Vfs;

namespace Moat.FileSystems.Images;

/// <summary>A file system that is read from an image and never changes.</summary>
/// <remarks>
/// Names and attributes stay in the VFS's cache for good, so `stat` of a cached path makes no host call.
/// </remarks>
public abstract class ImageFileSystem : FileSystem
{
    private const int Locks = 16;
    private readonly RankedLock[] _locks = new RankedLock[Locks];
    private readonly List<ImageSource> _sources = [];
    private int _emptyFd = -1;

    /// <summary>An instance within the given limits.</summary>
    protected ImageFileSystem(VirtualFileSystem vfs, ImageOptions options)
        : base(vfs)
    {
        IsReadOnly = true;
        Descriptors = options.Descriptors;
        Copies = new ByteBudget(options.CopyBytes);
        Idle = new ReuseCache(options.IdleCopies);
        for (int i = 0; i < Locks; i++)
        {
            _locks[i] = new RankedLock(LockRank.Inode);
        }
    }

    /// <inheritdoc/>
    public override bool MustBeReadOnly => true;

    /// <summary>Host descriptors that it may open.</summary>
    internal DescriptorBudget Descriptors { get; }

    /// <summary>Memory for copies of files.</summary>
    internal ByteBudget Copies { get; }

    /// <summary>Copies that are not in use.</summary>
    internal ReuseCache Idle { get; }

    /// <summary>What large directories' listings take.</summary>
    internal ImageListings Listings { get; } = new();

    /// <summary>Held while what is mapped of an inode is made.</summary>
    internal RankedLock LockOf(ImageInode inode) => _locks[inode.Number % Locks];

    /// <summary>
    /// Gives all descriptors back. For images that turn out not to be usable: nothing of it may be in use.
    /// </summary>
    public void Close()
    {
        Idle.Clear();
        foreach (ImageSource source in _sources)
        {
            source.Close();
        }

        int empty = Interlocked.Exchange(ref _emptyFd, -1);
        if (empty >= 0)
        {
            _ = HostFile.Close(empty);
        }
    }

    /// <summary>The image consists of these bytes too; while it is made, by one thread.</summary>
    internal void Own(ImageSource source) => _sources.Add(source);

    /// <summary>An empty memfd: what mappings beyond the end of a file map, to fault as on Linux.</summary>
    internal Result<int> EmptyFd()
    {
        int present = Volatile.Read(ref _emptyFd);
        if (present >= 0)
        {
            return present;
        }

        const MemfdFlags Flags = MemfdFlags.CloseOnExec | MemfdFlags.AllowSealing | MemfdFlags.Exec;
        Result<int> made = Memfd.FromBytes("beyond", [], Flags);
        if (!made.IsOk)
        {
            return made;
        }

        Errno error = Memfd.AddSeals(made.Value, ImageMemory.Seals);
        if (error != Errno.Success)
        {
            _ = HostFile.Close(made.Value);
            return error;
        }

        int before = Interlocked.CompareExchange(ref _emptyFd, made.Value, -1);
        if (before < 0)
        {
            return made;
        }

        _ = HostFile.Close(made.Value);
        return before;
    }
}
