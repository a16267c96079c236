// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel;
using Moat.Vfs;
using Moat.Vfs.Contexts;

namespace Moat.FileSystems.Fuse;

/// <summary>
/// A file system whose content a guest process tells (FUSE): see <see cref="FuseConnection"/>.
/// </summary>
/// <remarks>
/// Locks: a leaf lock guards the table of nodes, which holds inodes weakly; an inode that nobody holds any
/// more is forgotten by its finalizer.
/// </remarks>
internal sealed class FuseFileSystem : FileSystem
{
    internal const ulong RootNode = 1;
    private const ulong Magic = 0x65735546;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<ulong, WeakReference<FuseInode>> _nodes = [];
    private readonly FuseGate _names = new();
    private readonly FuseUnmount _unmount;
    private readonly FuseInode _root;
    private readonly string? _subtype;
    private int _openFiles;

    internal FuseFileSystem(
        VirtualFileSystem vfs, LinuxKernel kernel, FuseConnection connection, FuseOptions options,
        string? subtype)
        : base(vfs)
    {
        IsServed = true;
        Connection = connection;
        MountOptions = options;
        _subtype = subtype;
        _unmount = new FuseUnmount(this, kernel.Timers);
        _root = new FuseInode(this, RootNode, 0, StatMode.TypeOf(options.RootMode));
        connection.FileSystem = new WeakReference<FuseFileSystem>(this);
    }

    internal FuseConnection Connection { get; }

    internal FuseOptions MountOptions { get; }

    internal FuseTerms Terms => Connection.Terms;

    /// <summary>True while files of it are open.</summary>
    internal bool HasOpenFiles => Volatile.Read(ref _openFiles) > 0;

    public override string TypeName => _subtype is null ? "fuse" : "fuse." + _subtype;

    public override string Options => MountOptions.Show(Terms.Owner);

    public override bool NeedsRevalidation => true;

    public override bool CachesMissingNames => false;

    protected override Inode RootInode => _root;

    public override FileSystemConfig BeginChange(Caller caller) => new FuseChange(TypeName, Owner);

    public override Errno BeginNameChange(Caller caller) => _names.Enter(caller);

    public override void EndNameChange() => _names.Exit();

    public override void OnForcedUnmount() => Connection.Abort();

    public override Result<FileSystemStatistics> GetStatistics() =>
        new FileSystemStatistics { Magic = Magic, BlockSize = 4096, NameLength = 255 };

    public override Result<FileSystemStatistics> GetStatistics(Caller caller)
    {
        if (!MountOptions.Admits(caller.Credentials, Owner))
        {
            return new FileSystemStatistics { Magic = Magic };
        }

        var request = new FuseRequest(FuseOpcode.Statistics, RootNode, 0, 80);
        Errno error = Connection.Ask(caller, request);
        if (error != Errno.Success)
        {
            return error;
        }

        var reader = new FuseReader(request.Reply);
        var statistics = new FileSystemStatistics
        {
            Magic = Magic,
            Blocks = reader.Long(),
            BlocksFree = reader.Long(),
            BlocksAvailable = reader.Long(),
            Files = reader.Long(),
            FilesFree = reader.Long(),
            BlockSize = reader.Word(),
            NameLength = reader.Word(),
        };
        return statistics;
    }

    /// <summary>The inode of a node that the daemon has just named, which counts.</summary>
    internal Result<FuseInode> Find(in FuseEntry entry)
    {
        FileType type = StatMode.TypeOf(entry.Attributes.Mode);
        FuseInode? inode;
        using (_lock.Enter())
        {
            if (!_nodes.TryGetValue(entry.Node, out WeakReference<FuseInode>? known)
                || !known.TryGetTarget(out inode)
                || inode.Type != type || inode.NodeGeneration != entry.Generation)
            {
                inode = new FuseInode(this, entry.Node, entry.Generation, type);
                _nodes[entry.Node] = inode.Self;
            }

            inode.CountLookup();
        }

        inode.SetAttributes(entry.Attributes, entry.AttributesUntil);
        return inode;
    }

    /// <summary>The inode of a node that is in use; null for none.</summary>
    internal FuseInode? Find(ulong node)
    {
        if (node == RootNode)
        {
            return _root;
        }

        using (_lock.Enter())
        {
            return _nodes.TryGetValue(node, out WeakReference<FuseInode>? known)
                && known.TryGetTarget(out FuseInode? inode) ? inode : null;
        }
    }

    /// <summary>An inode is gone; called by its finalizer.</summary>
    internal void Drop(ulong node, WeakReference<FuseInode> self, ulong lookups)
    {
        using (_lock.Enter())
        {
            if (_nodes.TryGetValue(node, out WeakReference<FuseInode>? known) && known == self)
            {
                _nodes.Remove(node);
            }
        }

        Connection.Forget(node, lookups);
    }

    internal void AddOpenFile() => Interlocked.Increment(ref _openFiles);

    internal void DropOpenFile()
    {
        if (Interlocked.Decrement(ref _openFiles) == 0 && _unmount.HasBegun)
        {
            _unmount.Begin();
        }
    }

    protected override void OnUnmounted() => _unmount.Begin();
}
