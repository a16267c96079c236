// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Fuse;

/// <summary>An open directory: each getdents asks the daemon from the position on.</summary>
/// <remarks>
/// Invariants: positions are the daemon's cookies, which may be any number; a listing that never ends is
/// what the daemon makes of its own directory, and each call of it gives a buffer full at most.
/// </remarks>
internal sealed class FuseDirectoryFile : InodeFile
{
    private const int EntryHeader = 24;
    private const int SmallestReply = 4096;
    private const int LargestReply = 32768;
    private const int LongestName = 255;

    private readonly FuseGate _turn = new();
    private readonly FuseInode _inode;
    private readonly FuseHandle _handle;
    private ulong _position;

    internal FuseDirectoryFile(FuseInode inode, FuseHandle handle, Location location, OpenFlags flags)
        : base(location, flags, inode)
    {
        _inode = inode;
        _handle = handle;
        inode.Fs.AddOpenFile();
    }

    public override Result<int> Read(Caller caller, Span<byte> buffer) => Errno.EISDIR;

    public override Result<int> ReadAt(Caller caller, Span<byte> buffer, long offset) => Errno.EISDIR;

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer) => Errno.EBADF;

    public override Result<int> WriteAt(Caller caller, ReadOnlySpan<byte> buffer, long offset) => Errno.EBADF;

    public override Result<long> Seek(Caller caller, long offset, int whence)
    {
        Errno error = _turn.Enter(caller);
        if (error != Errno.Success)
        {
            return error;
        }

        long target = whence switch { 0 => offset, 1 => unchecked((long)_position + offset), _ => -1 };
        _position = target >= 0 ? (ulong)target : _position;
        _turn.Exit();
        return target >= 0 ? target : Errno.EINVAL;
    }

    public override Errno Sync(Caller caller, bool dataOnly)
    {
        if (_inode.Fs.Terms.Lacks(FuseOpcode.SyncDirectory))
        {
            return Errno.Success;
        }

        var request = new FuseRequest(FuseOpcode.SyncDirectory, _inode.Node, 16);
        var writer = new FuseWriter(request.Body);
        writer.Long(_handle.Number);
        writer.Word(dataOnly ? 1u : 0);
        Errno error = _inode.Fs.Connection.Ask(caller, request);
        return _inode.Unless(FuseOpcode.SyncDirectory, error, Errno.Success);
    }

    public override Result<long> Ioctl(Caller caller, uint command, ulong argument) =>
        FuseIoctl.Run(caller, _inode, _handle, command, argument);

    public override Errno ReadDirectory(Caller caller, ref DirectoryEntryWriter writer)
    {
        Errno error = _turn.Enter(caller);
        if (error != Errno.Success)
        {
            return error;
        }

        int size = Math.Clamp(writer.Room, SmallestReply, LargestReply);
        var request = new FuseRequest(FuseOpcode.ReadDirectory, _inode.Node, 40, 0, size);
        var body = new FuseWriter(request.Body);
        body.Long(_handle.Number);
        body.Long(_position);
        body.Word((uint)size);
        body.Word(0);
        body.Long(0);
        body.Word((uint)(Flags | OpenFlags.LargeFile));
        error = _inode.Fs.Connection.Ask(caller, request);
        error = error == Errno.Success ? Take(request.Reply, ref writer) : error;
        _turn.Exit();
        return error;
    }

    protected override void Destroy()
    {
        base.Destroy();
        _handle.Release();
        _inode.Fs.DropOpenFile();
    }

    // struct fuse_dirent, as many as are whole; EIO for names that no file can have.
    private Errno Take(ReadOnlySpan<byte> entries, ref DirectoryEntryWriter writer)
    {
        while (entries.Length >= EntryHeader)
        {
            var reader = new FuseReader(entries);
            (ulong number, ulong next) = (reader.Long(), reader.Long());
            uint length = reader.Word();
            uint type = reader.Word();
            if (length is 0 or > LongestName)
            {
                return writer.Length > 0 ? Errno.Success : Errno.EIO;
            }

            int size = (EntryHeader + (int)length + 7) & ~7;
            if (entries.Length < EntryHeader + (int)length)
            {
                break;
            }

            ReadOnlySpan<byte> name = reader.Take((int)length);
            if (name.IndexOfAny((byte)'/', (byte)0) >= 0)
            {
                return writer.Length > 0 ? Errno.Success : Errno.EIO;
            }

            if (!writer.TryAdd(number, (long)next, (byte)(type & 15), name))
            {
                return writer.Length > 0 ? Errno.Success : Errno.EINVAL;
            }

            _position = next;
            entries = entries[Math.Min(size, entries.Length)..];
        }

        return Errno.Success;
    }
}
