// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Threading;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Fuse;

/// <summary>The daemon's end: reads questions, writes answers and notices (fuse(4)).</summary>
/// <remarks>Invariants: a connection, once set, stays.</remarks>
internal sealed class FuseDeviceFile(Location location, OpenFlags flags, UserNamespace opener)
    : InodeFile(location, flags)
{
    private const uint Clone = 0x8004e500;
    private const int SmallestRead = 8192;
    private const int WriteHeader = FuseRequest.HeaderSize + 40;
    private const int AnswerHeader = 16;

    // What descriptors that serve nothing (yet) wait on.
    private static readonly WaitQueue s_idle = new();
    private FuseConnection? _connection;

    /// <summary>The user namespace of who opened it.</summary>
    internal UserNamespace Opener => opener;

    public override WaitQueue WaitQueue => Connection?.Readers ?? s_idle;

    public override bool KeepsMessages => true;

    public override bool IsMemory => true;

    private FuseConnection? Connection => Volatile.Read(ref _connection);

    /// <summary>Serves a connection from now on; false when it serves one already.</summary>
    internal bool TryServe(FuseConnection connection)
    {
        connection.AddDevice();
        if (Interlocked.CompareExchange(ref _connection, connection, null) is null)
        {
            return true;
        }

        connection.DropDevice();
        return false;
    }

    public override PollEvents Poll(Caller caller)
    {
        if (Connection is not { } connection)
        {
            return PollEvents.Error;
        }

        PollEvents events = PollEvents.Out | PollEvents.WriteNormal;
        return connection.IsOver ? PollEvents.Error
            : connection.HasWork ? events | PollEvents.In | PollEvents.ReadNormal : events;
    }

    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        if (!Next(buffer.Length).TryGet(out byte[]? message, out Errno error))
        {
            return error;
        }

        message.CopyTo(buffer);
        return message.Length;
    }

    public override Result<int> ReadTo(Caller caller, CallerBuffers target, int length, long? offset)
    {
        if (!Next(length).TryGet(out byte[]? message, out Errno error))
        {
            return error;
        }

        if (target.CopyOut(message) == message.Length)
        {
            return message.Length;
        }

        GiveUp(message);
        return Errno.EFAULT;
    }

    public override int GiveBack(Caller caller, ReadOnlySpan<byte> bytes, int delivered)
    {
        GiveUp(bytes);
        return 0;
    }

    public override Result<int> Write(Caller caller, ReadOnlySpan<byte> buffer)
    {
        if (Connection is not { } connection)
        {
            return Errno.EPERM;
        }

        if (buffer.Length < AnswerHeader)
        {
            return Errno.EINVAL;
        }

        Span<byte> header = stackalloc byte[AnswerHeader];
        buffer[..AnswerHeader].CopyTo(header);
        var reader = new FuseReader(header);
        uint length = reader.Word();
        int code = (int)reader.Word();
        ulong unique = reader.Long();
        if (length != buffer.Length)
        {
            return Errno.EINVAL;
        }

        byte[] body = buffer[AnswerHeader..].ToArray();
        Errno error = unique != 0
            ? connection.Answer(unique, code, body) : FuseNotices.Take(connection, code, body);
        return error == Errno.Success ? buffer.Length : error;
    }

    public override Result<long> Ioctl(Caller caller, uint command, ulong argument)
    {
        if (command != Clone)
        {
            return Errno.ENOTTY;
        }

        Span<byte> number = stackalloc byte[4];
        Errno error = caller.Memory.Read(argument, number);
        if (error != Errno.Success)
        {
            return error;
        }

        using FileReference reference = caller.Files.Borrow(BinaryPrimitives.ReadInt32LittleEndian(number));
        if (reference.File is not FuseDeviceFile other || other.Opener != opener)
        {
            return Errno.EINVAL;
        }

        return other.Connection is not { } connection ? Errno.EPERM
            : TryServe(connection) ? 0L : Errno.EINVAL;
    }

    protected override void Destroy()
    {
        base.Destroy();
        Connection?.DropDevice();
    }

    private Result<byte[]> Next(int room)
    {
        if (Connection is not { } connection)
        {
            return Errno.EPERM;
        }

        return room < Math.Max(SmallestRead, WriteHeader + connection.Terms.MaxWrite)
            ? Errno.EINVAL : connection.Next(room);
    }

    private void GiveUp(ReadOnlySpan<byte> message) =>
        Connection?.Undeliverable(BinaryPrimitives.ReadUInt64LittleEndian(message[8..]));
}
