// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Ipc;
using Moat.Base;
using Moat.Kernel.Ipc;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.MessageQueues;

/// <summary>The directory of all queues.</summary>
/// <remarks>Locks: names change under NamespaceLock and its own lock; lookups take the latter.</remarks>
public sealed class QueueDirectory : DynamicDirectory
{
    private const int EntrySize = 20;
    private readonly RankedLock _lock = new(LockRank.Inode);
    private readonly Dictionary<byte[], QueueInode> _queues = new(NameComparer.Instance);
    private readonly PosixQueueLimits _limits;

    internal QueueDirectory(FileSystem fileSystem, PosixQueueLimits limits)
        : base(fileSystem, 0x3ff) => _limits = limits;

    /// <inheritdoc/>
    protected override long Size => (_queues.Count + 2) * EntrySize;

    /// <inheritdoc/>
    public override Result<Inode> Create(Caller caller, ReadOnlySpan<byte> name, in InodeCreation creation) =>
        creation.Type == FileType.Regular
            ? Add(caller, name, creation.Mode, null).TryGet(out QueueInode? made, out Errno error)
                ? made
                : error
            : Errno.EPERM;

    /// <summary>Makes a queue: the part of mq_open(3) that creat(2) cannot do.</summary>
    /// <param name="caller">Its owner.</param>
    /// <param name="name">Its name, checked.</param>
    /// <param name="mode">Permissions, after umask.</param>
    /// <param name="wanted">Attributes; null for the defaults.</param>
    /// <param name="inode">The queue, also one that was there already.</param>
    /// <returns>EEXIST; ENOSPC, EINVAL, EMFILE.</returns>
    public Errno TryAdd(
        Caller caller, ReadOnlySpan<byte> name, uint mode, QueueAttributes? wanted, out QueueInode? inode)
    {
        using (FileSystem.NamespaceLock.Enter())
        {
            using (_lock.Enter())
            {
                if (_queues.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out inode))
                {
                    return Errno.EEXIST;
                }
            }

            return Add(caller, name, mode, wanted).TryGet(out inode, out Errno error) ? Errno.Success : error;
        }
    }

    /// <inheritdoc/>
    public override Errno Unlink(Caller caller, ReadOnlySpan<byte> name, Inode victim)
    {
        using (_lock.Enter())
        {
            _queues.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(name);
        }

        ((QueueInode)victim).OnUnlinked();
        return Errno.Success;
    }

    /// <inheritdoc/>
    protected override Result<Inode> Find(Caller caller, ReadOnlySpan<byte> name)
    {
        using (_lock.Enter())
        {
            return _queues.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out QueueInode? inode)
                ? inode : Errno.ENOENT;
        }
    }

    /// <inheritdoc/>
    protected override Errno Enumerate(Caller caller, DirectoryListing listing)
    {
        using (_lock.Enter())
        {
            foreach ((byte[] name, QueueInode inode) in _queues)
            {
                listing.Add(name, inode.Number, FileType.Regular);
            }
        }

        return Errno.Success;
    }

    private Result<QueueInode> Add(Caller caller, ReadOnlySpan<byte> name, uint mode, QueueAttributes? wanted)
    {
        if (!PosixQueue.Create((Task)caller, _limits, wanted).TryGet(out PosixQueue? queue, out Errno error))
        {
            return error;
        }

        var inode = new QueueInode(FileSystem, queue, mode, caller.Credentials);
        using (_lock.Enter())
        {
            _queues[name.ToArray()] = inode;
        }

        return inode;
    }
}
