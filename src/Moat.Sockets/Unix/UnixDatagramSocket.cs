// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Sockets.Unix;

/// <summary>A local datagram socket.</summary>
internal sealed class UnixDatagramSocket(Task task, bool nonBlocking)
    : UnixSocket(task, SocketType.Datagram, nonBlocking)
{
    private volatile UnixDatagramSocket? _peer;
    private PeerCredentials _peerCredentials;
    private volatile bool _closed;

    public override bool IsListening => false;

    public override bool IsConnected => _peer is not null;

    public override PeerCredentials Peer => _peerCredentials;

    private protected override int OutgoingBytes => 0;

    /// <summary>Connects two fresh sockets.</summary>
    internal static void Join(UnixDatagramSocket first, UnixDatagramSocket second,
        PeerCredentials credentials)
    {
        first._peer = second;
        second._peer = first;
        first._peerCredentials = credentials;
        second._peerCredentials = credentials;
    }

    public override Errno Listen(Task task, int backlog) => Errno.EOPNOTSUPP;

    public override Result<Socket> Accept(Task task, bool nonBlocking) => Errno.EOPNOTSUPP;

    public override Errno Connect(Task task, ReadOnlySpan<byte> address)
    {
        if (address.Length >= 2 && address[0] == 0 && address[1] == 0)
        {
            // AF_UNSPEC dissolves the association.
            _peer = null;
            return Errno.Success;
        }

        if (!Find(task, address).TryGet(out UnixDatagramSocket? target, out Errno error))
        {
            return error;
        }

        bool allowed = target._peer is null || target._peer == this;
        _peer = allowed ? target : _peer;
        target.Release();
        return allowed ? Errno.Success : Errno.EPERM;
    }

    public override Result<byte[]> GetPeerAddress() => _peer is { } peer ? peer.LocalAddress : Errno.ENOTCONN;

    public override Result<int> Send(Task task, ReadOnlySpan<byte> bytes, ref Ancillary ancillary)
    {
        if (HasError)
        {
            return TakeError();
        }

        if (IsWriteShut)
        {
            return Errno.EPIPE;
        }

        if (bytes.Length > SendBuffer - 32)
        {
            return Errno.EMSGSIZE;
        }

        UnixDatagramSocket? target = _peer;
        if (ancillary.Address is { } address)
        {
            if (!Find(task, address).TryGet(out target, out Errno error))
            {
                return error;
            }

            // The object outlives its last reference; a closed queue refuses.
            target.Release();
        }

        if (target is null)
        {
            return Errno.ENOTCONN;
        }

        if (target._closed)
        {
            _peer = _peer == target ? null : _peer;
            return Errno.ECONNREFUSED;
        }

        if (target._peer is not null && target._peer != this)
        {
            return Errno.EPERM;
        }

        Stamp(task, ref ancillary);
        byte[]? destination = ancillary.Address;
        ancillary.Address = LocalAddress;
        Result<int> result = target.Incoming.AppendMessage(this, bytes, SendBuffer, ref ancillary);
        ancillary.Address = destination;
        return result;
    }

    public override Result<int> Receive(Task task, Span<byte> bytes, MessageFlags flags,
        ref Ancillary ancillary)
    {
        if (HasError)
        {
            return TakeError();
        }

        return Incoming.TakeMessage(
            bytes, (flags & MessageFlags.Peek) != 0, (flags & MessageFlags.Truncated) != 0, ref ancillary);
    }

    public override PollEvents Poll(Caller caller)
    {
        PollEvents events = HasError ? PollEvents.Error : PollEvents.None;
        events |= Incoming.IsReadable || IsReadShut ? PollEvents.In | PollEvents.ReadNormal : 0;
        events |= IsReadShut ? PollEvents.ReadHangUp : 0;
        events |= IsReadShut && IsWriteShut ? PollEvents.HangUp : 0;
        bool writable = _peer is not { } peer || peer._closed || peer.Incoming.IsWritable(this, SendBuffer);
        return writable ? events | PollEvents.Out | PollEvents.WriteNormal : events;
    }

    private protected override void OnShutdown(bool read, bool write)
    {
    }

    private protected override void OnClose(bool lostBytes)
    {
        _closed = true;
        if (_peer is { } peer && peer._peer == this)
        {
            if (lostBytes)
            {
                peer.SetError(Errno.ECONNRESET);
            }

            peer.WaitQueue.Wake(PollEvents.All);
        }
    }

    private Result<UnixDatagramSocket> Find(Task task, ReadOnlySpan<byte> address)
    {
        if (!UnixAddress.Parse(address).TryGet(out byte[]? parsed, out Errno error)
            || !UnixAddress.Find(task, Names, parsed).TryGet(out UnixSocket? found, out error))
        {
            return error;
        }

        if (found is UnixDatagramSocket datagram)
        {
            return datagram;
        }

        found.Release();
        return Errno.EPROTOTYPE;
    }
}
