// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Host.Files;
using Moat.Host.Shared;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.FileSystems.Memory;

/// <summary>An open file of a memfd (memfd_create(2)).</summary>
/// <remarks>
/// Locks: one of rank FilePosition guards the position and is held during reads and writes at it.
/// </remarks>
public sealed class MemfdFile : OpenFile
{
    private const uint FileMode = 0x81ff;

    private readonly RankedLock _lock = new(LockRank.FilePosition);
    private readonly MemfdObject _object;
    private readonly uint _uid;
    private readonly uint _gid;
    private long _position;

    /// <summary>A file over a memfd; takes the caller's reference on the object over.</summary>
    public MemfdFile(MemfdObject memory, OpenFlags flags, Credentials owner)
        : base(flags)
    {
        _object = memory;
        _uid = owner.FsUid;
        _gid = owner.FsGid;
    }

    /// <inheritdoc/>
    public override string AnonymousName => _object.Name;

    /// <summary>memfd_create(2); flags and name have been checked.</summary>
    public static Result<OpenFile> Create(Caller caller, string name, bool allowSealing, bool noExecute)
    {
        MemfdFlags flags = MemfdFlags.CloseOnExec | MemfdFlags.AllowSealing;
        flags |= noExecute ? MemfdFlags.NoExecSeal : MemfdFlags.Exec;
        if (!Memfd.Create("guest", flags).TryGet(out int fd, out Errno error))
        {
            return error;
        }

        if (!allowSealing && !noExecute)
        {
            _ = Memfd.AddSeals(fd, MemfdSeals.Seal);
        }

        return new MemfdFile(new MemfdObject(fd, name), OpenFlags.ReadWrite | OpenFlags.LargeFile,
            caller.Credentials);
    }

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes()
    {
        Errno error = HostPath.Stat(_object.HostFd, [], HostPath.EmptyPath, out HostStatx stat);
        if (error != Errno.Success)
        {
            return error;
        }

        return new InodeAttributes
        {
            DeviceId = _object.DeviceId, InodeNumber = _object.InodeNumber, Mode = FileMode, LinkCount = 0,
            Uid = _uid, Gid = _gid, Size = (long)stat.Size, BlockSize = 4096, Blocks = (long)stat.Blocks,
            AccessTime = Time(stat.AccessTime), ModifyTime = Time(stat.ModifyTime),
            ChangeTime = Time(stat.ChangeTime),
        };
    }

    /// <inheritdoc/>
    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        using (_lock.Enter())
        {
            Result<int> result = HostFile.Pread(_object.HostFd, buffer, _position);
            _position += result.IsOk ? result.Value : 0;
            return result;
        }
    }

    /// <inheritdoc/>
    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer)
    {
        using (_lock.Enter())
        {
            if ((Flags & OpenFlags.Append) != 0)
            {
                Result<long> end = HostFile.Seek(_object.HostFd, 0, 2);
                _position = end.IsOk ? end.Value : _position;
            }

            Result<int> result = HostFile.Pwrite(_object.HostFd, buffer, _position);
            _position += result.IsOk ? result.Value : 0;
            return result;
        }
    }

    /// <inheritdoc/>
    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset) =>
        HostFile.Pread(_object.HostFd, buffer, offset);

    /// <inheritdoc/>
    public override Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset) =>
        HostFile.Pwrite(_object.HostFd, buffer, offset);

    /// <inheritdoc/>
    public override Result<long> Seek(Caller caller, long offset, int whence)
    {
        using (_lock.Enter())
        {
            if (whence > 1)
            {
                // The end, holes and data are the host's to know.
                Result<long> found = HostFile.Seek(_object.HostFd, offset, whence);
                _position = found.IsOk ? found.Value : _position;
                return found;
            }

            long start = whence == 1 ? _position : 0;
            if (offset > long.MaxValue - start || start + offset < 0)
            {
                return Errno.EINVAL;
            }

            return _position = start + offset;
        }
    }

    /// <inheritdoc/>
    public override Errno Sync(bool dataOnly) => Errno.Success;

    /// <inheritdoc/>
    public override Errno Truncate(Caller caller, long length) => Memfd.SetLength(_object.HostFd, length);

    /// <inheritdoc/>
    public override Errno Allocate(Caller caller, int mode, long offset, long length) =>
        HostFile.Allocate(_object.HostFd, (uint)mode, offset, length);

    /// <inheritdoc/>
    public override Result<MemoryObject> GetMemoryObject(Caller caller, bool shared, bool write, bool execute)
    {
        _object.AddReference();
        return _object;
    }

    /// <inheritdoc/>
    public override Result<OpenFile> Reopen(Caller caller, OpenFlags flags)
    {
        if ((flags & OpenFlags.Truncate) != 0)
        {
            Errno error = Truncate(caller, 0);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        _object.AddReference();
        return new MemfdFile(_object, flags, caller.Credentials);
    }

    /// <summary>F_ADD_SEALS: EPERM when sealed against sealing or not writable, EBUSY, EINVAL.</summary>
    public Errno AddSeals(uint seals)
    {
        if (!CanWrite)
        {
            return Errno.EPERM;
        }

        return (seals & ~0x3fu) != 0 ? Errno.EINVAL : Memfd.AddSeals(_object.HostFd, (MemfdSeals)seals);
    }

    /// <summary>F_GET_SEALS.</summary>
    public Result<int> GetSeals() => MemfdControl.GetSeals(_object.HostFd);

    /// <inheritdoc/>
    protected override void Destroy() => _object.Release();

    private static Timespec Time(HostStatxTime time) => new(time.Seconds, time.Nanoseconds);
}
