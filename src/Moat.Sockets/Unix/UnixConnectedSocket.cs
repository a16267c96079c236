// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Sockets.Unix;

/// <summary>A local stream or sequenced-packet socket: fresh, listening, or connected.</summary>
/// <remarks>
/// Invariants: a peer is set once and stays; a listening socket's pending connections hold a reference each
/// until they are accepted or the listener is closed.
/// </remarks>
internal sealed class UnixConnectedSocket(Task task, SocketType type, bool nonBlocking)
    : UnixSocket(task, type, nonBlocking)
{
    private readonly Queue<UnixConnectedSocket> _pending = new();
    private readonly List<UnixSocket> _connecting = [];
    private volatile UnixConnectedSocket? _peer;
    private volatile bool _peerClosed;
    private volatile bool _listening;
    private volatile bool _isPending;
    private bool _closed;
    private int _backlog;
    private PeerCredentials _peerCredentials;
    private PeerCredentials _listenerCredentials;
    private byte[]? _inheritedAddress;

    public override bool IsListening => _listening;

    public override bool IsConnected => _peer is not null;

    public override ulong ShownInode => _isPending ? 0 : base.ShownInode;

    public override PeerCredentials Peer => _peerCredentials;

    public override byte[] LocalAddress => _inheritedAddress ?? base.LocalAddress;

    private protected override int OutgoingBytes => _peer?.Incoming.ByteCount ?? 0;

    /// <summary>Connects two fresh sockets.</summary>
    internal static void Join(
        UnixConnectedSocket first, UnixConnectedSocket second, PeerCredentials ofFirst,
        PeerCredentials ofSecond)
    {
        first._peerCredentials = ofSecond;
        second._peerCredentials = ofFirst;
        second._peer = first;
        first._peer = second;
    }

    public override Errno Listen(Task task, int backlog)
    {
        using (StateLock.Enter())
        {
            if (_peer is not null || LocalAddress.Length <= 2)
            {
                return Errno.EINVAL;
            }

            _backlog = Math.Clamp(backlog < 0 ? 4096 : backlog, 0, 4096);
            _listenerCredentials = CredentialsOf(task);
            _listening = true;
        }

        return Errno.Success;
    }

    public override Result<Socket> Accept(Task task, bool nonBlocking)
    {
        UnixConnectedSocket? accepted;
        UnixSocket[] connecting;
        using (StateLock.Enter())
        {
            if (!_listening)
            {
                return Errno.EINVAL;
            }

            if (!_pending.TryDequeue(out accepted))
            {
                return IsReadShut ? Errno.EINVAL : Errno.EAGAIN;
            }

            connecting = [.. _connecting];
            _connecting.Clear();
        }

        accepted._isPending = false;

        foreach (UnixSocket socket in connecting)
        {
            socket.WaitQueue.Wake(PollEvents.Out | PollEvents.WriteNormal);
        }

        if (nonBlocking)
        {
            _ = accepted.SetFlags(accepted.Flags | OpenFlags.NonBlock);
        }

        return accepted;
    }

    public override Errno Connect(Task task, ReadOnlySpan<byte> address)
    {
        if (_listening)
        {
            return Errno.EINVAL;
        }

        if (_peer is not null)
        {
            return Errno.EISCONN;
        }

        if (!UnixAddress.Parse(address).TryGet(out byte[]? parsed, out Errno error)
            || !UnixAddress.Find(task, Names, parsed).TryGet(out UnixSocket? found, out error))
        {
            return error;
        }

        error = found.Type != Type ? Errno.EPROTOTYPE
            : found is UnixConnectedSocket listener ? listener.Enqueue(task, this) : Errno.ECONNREFUSED;
        found.Release();
        return error;
    }

    public override Result<byte[]> GetPeerAddress() => _peer is { } peer ? peer.LocalAddress : Errno.ENOTCONN;

    public override Result<int> Send(Task task, ReadOnlySpan<byte> bytes, ref Ancillary ancillary)
    {
        Errno pending = HasError ? TakeError() : Errno.Success;
        if (pending != Errno.Success)
        {
            return pending;
        }

        if (_peer is not { } peer)
        {
            return ancillary.Address is not null && Type == SocketType.Stream
                ? Errno.EOPNOTSUPP : Errno.ENOTCONN;
        }

        if (ancillary.Address is not null && Type == SocketType.Stream)
        {
            return Errno.EISCONN;
        }

        if (IsWriteShut || _peerClosed)
        {
            return Errno.EPIPE;
        }

        ancillary.Address = null;
        Stamp(task, ref ancillary);
        if (Type == SocketType.Stream)
        {
            return peer.Incoming.Append(this, bytes, SendBuffer, ref ancillary);
        }

        return bytes.Length > SendBuffer - 32
            ? Errno.EMSGSIZE
            : peer.Incoming.AppendMessage(this, bytes, SendBuffer, ref ancillary);
    }

    public override Result<int> Receive(Task task, Span<byte> bytes, MessageFlags flags,
        ref Ancillary ancillary)
    {
        if (_peer is null)
        {
            return Type == SocketType.Stream ? Errno.EINVAL : Errno.ENOTCONN;
        }

        bool peek = (flags & MessageFlags.Peek) != 0;
        Result<int> result = Type == SocketType.Stream
            ? Incoming.Take(bytes, peek, PassesCredentials, ref ancillary)
            : Incoming.TakeMessage(bytes, peek, (flags & MessageFlags.Truncated) != 0, ref ancillary);
        // A reset shows after what had arrived before it.
        return (result.Error == Errno.EAGAIN || (result.IsOk && result.Value == 0)) && HasError
            ? TakeError() : result;
    }

    // What was sent to connections that nobody has accepted waits in them.
    public override void ListHeld(List<OpenFile> files)
    {
        base.ListHeld(files);
        foreach (UnixConnectedSocket pending in Pending())
        {
            pending.Incoming.ListFiles(files);
        }
    }

    public override void Discard()
    {
        base.Discard();
        foreach (UnixConnectedSocket pending in Pending())
        {
            pending.Incoming.Close(discard: true);
        }
    }

    public override PollEvents Poll(Caller caller)
    {
        PollEvents events = HasError ? PollEvents.Error : PollEvents.None;
        if (_listening)
        {
            using (StateLock.Enter())
            {
                return _pending.Count > 0 ? events | PollEvents.In | PollEvents.ReadNormal : events;
            }
        }

        if (_peer is not { } peer)
        {
            return events | PollEvents.Out | PollEvents.WriteNormal | PollEvents.HangUp;
        }

        bool ended = Incoming.HasEnded || IsReadShut;
        events |= Incoming.IsReadable || IsReadShut ? PollEvents.In | PollEvents.ReadNormal : 0;
        events |= ended ? PollEvents.ReadHangUp : 0;
        events |= _peerClosed || (ended && IsWriteShut) ? PollEvents.HangUp : 0;
        bool writable = _peerClosed || peer.Incoming.IsWritable(this, SendBuffer);
        return writable ? events | PollEvents.Out | PollEvents.WriteNormal : events;
    }

    private protected override void OnShutdown(bool read, bool write)
    {
        if (_peer is not { } peer)
        {
            return;
        }

        if (write)
        {
            peer.Incoming.End();
        }

        peer.WaitQueue.Wake(PollEvents.All);
    }

    private protected override void OnClose(bool lostBytes)
    {
        UnixConnectedSocket[] pending;
        UnixSocket[] connecting;
        using (StateLock.Enter())
        {
            _closed = true;
            pending = [.. _pending];
            _pending.Clear();
            connecting = [.. _connecting];
            _connecting.Clear();
        }

        foreach (UnixConnectedSocket socket in pending)
        {
            socket._peer?.SetError(Errno.ECONNRESET);
            socket.Release();
        }

        foreach (UnixSocket socket in connecting)
        {
            socket.WaitQueue.Wake(PollEvents.Out | PollEvents.WriteNormal);
        }

        if (_peer is { } peer)
        {
            if (lostBytes)
            {
                peer.SetError(Errno.ECONNRESET);
            }

            peer._peerClosed = true;
            peer.Incoming.End();
            peer.WaitQueue.Wake(PollEvents.All);
        }
    }

    private UnixConnectedSocket[] Pending()
    {
        using (StateLock.Enter())
        {
            return [.. _pending];
        }
    }

    // A client joins the queue of a listener; its connection is complete at once.
    private Errno Enqueue(Task task, UnixConnectedSocket client)
    {
        using (StateLock.Enter())
        {
            if (!_listening || _closed || IsReadShut)
            {
                return Errno.ECONNREFUSED;
            }

            if (_pending.Count > _backlog)
            {
                if (!_connecting.Contains(client))
                {
                    _connecting.Add(client);
                }

                return Errno.EAGAIN;
            }

            var server = new UnixConnectedSocket(task, Type, nonBlocking: false)
            {
                _inheritedAddress = LocalAddress,
                PassesCredentials = PassesCredentials,
                SendBuffer = SendBuffer,
                ReceiveBuffer = ReceiveBuffer,
            };
            server._isPending = true;
            Join(client, server, CredentialsOf(task), _listenerCredentials);
            _pending.Enqueue(server);
        }

        WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
        return Errno.Success;
    }
}
