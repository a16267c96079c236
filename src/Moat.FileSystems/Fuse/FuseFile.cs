// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.FileSystems.Fuse;

/// <summary>An open regular file: every read and write asks the daemon, nothing is kept here.</summary>
/// <remarks>Locks: none; <see cref="_turn"/> is whose turn at the position it is.</remarks>
internal sealed class FuseFile : InodeFile
{
    private readonly FuseGate _turn = new();
    private readonly FuseInode _inode;
    private readonly FuseHandle _handle;
    private long _position;

    internal FuseFile(FuseInode inode, FuseHandle handle, Location location, OpenFlags flags)
        : base(location, flags, inode)
    {
        _inode = inode;
        _handle = handle;
        inode.Fs.AddOpenFile();
    }

    private FuseConnection Connection => _inode.Fs.Connection;

    private FuseTerms Terms => _inode.Fs.Terms;

    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        Errno error = _turn.Enter(caller);
        if (error != Errno.Success)
        {
            return error;
        }

        Result<int> result = FuseTransfer.Read(caller, _inode, _handle, Flags, buffer, _position);
        _position += result.IsOk ? result.Value : 0;
        _turn.Exit();
        return result;
    }

    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset) =>
        !_handle.IsSeekable ? Errno.ESPIPE
            : FuseTransfer.Read(caller, _inode, _handle, Flags, buffer, offset);

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer)
    {
        Errno error = _turn.Enter(caller);
        if (error != Errno.Success)
        {
            return error;
        }

        Result<int> result = Write(caller, buffer, ref _position);
        _turn.Exit();
        return result;
    }

    public override Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset) =>
        !_handle.IsSeekable ? Errno.ESPIPE : Write(caller, buffer, ref offset);

    public override Result<long> Seek(Caller caller, long offset, int whence)
    {
        if (!_handle.IsSeekable)
        {
            return Errno.ESPIPE;
        }

        Errno error = _turn.Enter(caller);
        if (error != Errno.Success)
        {
            return error;
        }

        Result<long> result = SeekInTurn(caller, offset, whence);
        _position = result.IsOk ? result.Value : _position;
        _turn.Exit();
        return result;
    }

    public override Errno Sync(bool dataOnly) => Errno.EINVAL;

    public override Errno Sync(Caller caller, bool dataOnly)
    {
        if (Terms.Lacks(FuseOpcode.Sync))
        {
            return Errno.Success;
        }

        var request = new FuseRequest(FuseOpcode.Sync, _inode.Node, 16);
        var writer = new FuseWriter(request.Body);
        writer.Long(_handle.Number);
        writer.Word(dataOnly ? 1u : 0);
        return _inode.Unless(FuseOpcode.Sync, Connection.Ask(caller, request), Errno.Success);
    }

    public override Errno Truncate(Caller caller, long length)
    {
        if (length < 0 || !CanWrite)
        {
            return Errno.EINVAL;
        }

        Errno error = AttributeOperations.CheckNewSize(caller, _inode, length);
        var change = new AttributeChange { Valid = AttributeChange.Fields.Size, Size = length };
        return error == Errno.Success ? FuseSetting.Run(caller, _inode, change, _handle) : error;
    }

    public override Errno Allocate(Caller caller, int mode, long offset, long length)
    {
        if (Terms.Lacks(FuseOpcode.Allocate))
        {
            return Errno.EOPNOTSUPP;
        }

        var request = new FuseRequest(FuseOpcode.Allocate, _inode.Node, 32);
        var writer = new FuseWriter(request.Body);
        writer.Long(_handle.Number);
        writer.Long((ulong)offset);
        writer.Long((ulong)length);
        writer.Word((uint)mode);
        Errno error = Connection.Ask(caller, request);
        _inode.Expire();
        return _inode.Unless(FuseOpcode.Allocate, error, Errno.EOPNOTSUPP);
    }

    public override Result<long> Ioctl(Caller caller, uint command, ulong argument) =>
        FuseIoctl.Run(caller, _inode, _handle, command, argument);

    public override Result<MemoryObject> GetMemoryObject(
        Caller caller, bool shared, bool write, bool execute)
    {
        if (execute && !MayExecute)
        {
            return Errno.EPERM;
        }

        // What is stored through a mapping would have to go back to the daemon.
        if (_handle.IsDirect ? shared : shared && CanWrite)
        {
            return Errno.ENODEV;
        }

        Result<FuseMemory> made = FuseMemory.Acquire(caller, _inode, _handle, Location!.Value);
        return made.TryGet(out FuseMemory? memory, out Errno error) ? memory : error;
    }

    /// <summary>FLUSH; a task that is to end does not wait for it.</summary>
    public override Errno OnDescriptorClosed(Caller caller)
    {
        Errno error = base.OnDescriptorClosed(caller);
        if (!_handle.NeedsFlush || Terms.Lacks(FuseOpcode.Flush))
        {
            return error;
        }

        var request = new FuseRequest(FuseOpcode.Flush, _inode.Node, 24);
        var writer = new FuseWriter(request.Body);
        writer.Long(_handle.Number);
        writer.Long(0);
        writer.Long((uint)RuntimeHelpers.GetHashCode(caller.Files));
        if (caller is not Task { NeverBlocks: false } task || KillableWait.IsEnding(task))
        {
            Connection.Post(request);
            return error;
        }

        return _inode.Unless(FuseOpcode.Flush, Connection.Ask(caller, request), Errno.Success);
    }

    protected override void Destroy()
    {
        base.Destroy();
        _handle.Release();
        _inode.Fs.DropOpenFile();
    }

    private Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer, ref long position)
    {
        long start = position;
        Errno error = DropSetIds(caller);
        if (error == Errno.Success && (Flags & OpenFlags.Append) != 0)
        {
            error = GetSize(caller, out start);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        long room = caller.FileSizeLimit - start;
        if (room <= 0 && !buffer.IsEmpty)
        {
            caller.OnFileSizeExceeded();
            return Errno.EFBIG;
        }

        buffer = buffer[..(int)Math.Min(buffer.Length, Math.Max(room, 0))];
        Result<int> result = FuseTransfer.Write(caller, _inode, _handle, Flags, buffer, start);
        position = result.IsOk ? start + result.Value : position;
        return result;
    }

    private Errno DropSetIds(Caller caller)
    {
        const uint SetIds = StatMode.SetUid | StatMode.SetGid;
        return _inode.GetOwnership(out InodeOwnership ownership) == Errno.Success
            && (ownership.Mode & SetIds) != 0
            ? AttributeOperations.DropSetIds(caller, _inode) : Errno.Success;
    }

    private Errno GetSize(Caller caller, out long size)
    {
        Errno error = _inode.Refresh(caller, forPermission: false);
        _ = _inode.GetAttributes(out InodeAttributes attributes);
        size = attributes.Size;
        return error;
    }

    private Result<long> SeekInTurn(Caller caller, long offset, int whence)
    {
        long start = 0;
        switch (whence)
        {
            case 0:
                break;
            case 1:
                start = Volatile.Read(ref _position);
                break;
            case 2:
                Errno error = GetSize(caller, out start);
                if (error != Errno.Success)
                {
                    return error;
                }

                break;
            default:
                return SeekData(caller, offset, whence);
        }

        long target = unchecked(start + offset);
        return target < 0 || (offset > 0 && target < start) ? Errno.EINVAL : target;
    }

    // SEEK_DATA and SEEK_HOLE; a daemon that knows neither has files that are all data.
    private Result<long> SeekData(Caller caller, long offset, int whence)
    {
        if (!Terms.Lacks(FuseOpcode.Seek))
        {
            var request = new FuseRequest(FuseOpcode.Seek, _inode.Node, 24, 8);
            var writer = new FuseWriter(request.Body);
            writer.Long(_handle.Number);
            writer.Long((ulong)offset);
            writer.Word((uint)whence);
            Errno asked = Connection.Ask(caller, request);
            if (asked == Errno.Success)
            {
                long found = (long)new FuseReader(request.Reply).Long();
                return found < 0 ? Errno.EIO : found;
            }

            if (_inode.Unless(FuseOpcode.Seek, asked, Errno.Success) != Errno.Success)
            {
                return asked;
            }
        }

        Errno error = GetSize(caller, out long size);
        return error != Errno.Success ? error
            : offset < 0 || offset >= size ? Errno.ENXIO : whence == 3 ? offset : size;
    }
}
