// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Ipc;
using Moat.Vfs;
using Fields = Moat.Vfs.AttributeChange.Fields;

namespace Moat.FileSystems.MessageQueues;

/// <summary>A message queue as a file: its rights, and the queue while a name or an opener is left.</summary>
/// <remarks>Locks: a leaf lock.</remarks>
public sealed class QueueInode : Inode
{
    /// <summary>FILENT_SIZE: what the file's content takes.</summary>
    private const int ContentSize = 80;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private uint _permissions;
    private uint _uid;
    private uint _gid;
    private Timespec _access;
    private Timespec _modify;
    private Timespec _change;
    private volatile bool _isUnlinked;

    internal QueueInode(FileSystem fileSystem, PosixQueue queue, uint mode, Credentials owner)
        : base(fileSystem, FileType.Regular)
    {
        Queue = queue;
        Number = fileSystem.AllocateInodeNumber();
        _permissions = mode & StatMode.PermissionMask;
        _uid = owner.FsUid;
        _gid = owner.FsGid;
        _access = _modify = _change = Timespec.FromNanoseconds(Clock.RealtimeNs());
    }

    /// <summary>The queue.</summary>
    public PosixQueue Queue { get; }

    internal ulong Number { get; }

    /// <inheritdoc/>
    public override Errno GetAttributes(out InodeAttributes attributes)
    {
        using (_lock.Enter())
        {
            attributes = new InodeAttributes
            {
                DeviceId = FileSystem.DeviceId, InodeNumber = Number, Mode = (uint)Type | _permissions,
                LinkCount = _isUnlinked ? 0u : 1u, Uid = _uid, Gid = _gid, Size = ContentSize,
                BlockSize = 4096, AccessTime = _access, ModifyTime = _modify, ChangeTime = _change,
            };
        }

        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno SetAttributes(Caller caller, in AttributeChange change)
    {
        using (_lock.Enter())
        {
            _permissions = change.Has(Fields.Mode) ? change.Mode & StatMode.PermissionMask : _permissions;
            _uid = change.Has(Fields.Uid) ? change.Uid : _uid;
            _gid = change.Has(Fields.Gid) ? change.Gid : _gid;
            _access = change.Has(Fields.AccessTime) ? change.AccessTime : _access;
            _modify = change.Has(Fields.ModifyTime) ? change.ModifyTime : _modify;
            _change = Timespec.FromNanoseconds(Clock.RealtimeNs());
        }

        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags) =>
        new QueueFile(this, location, flags);

    internal void OnUnlinked()
    {
        _isUnlinked = true;
        FreeIfUnused();
    }

    /// <inheritdoc/>
    protected override void OnUnused() => FreeIfUnused();

    private void FreeIfUnused()
    {
        Interlocked.MemoryBarrier();
        if (_isUnlinked && !IsInUse)
        {
            Queue.Free();
        }
    }
}
