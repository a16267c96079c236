// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Kernel.Net;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Sockets.Unix;

/// <summary>
/// What local sockets of all types share: their name, their queue, their options (unix(7)).
/// </summary>
/// <remarks>
/// Locks: <see cref="StateLock"/> (rank Object) guards binding, connecting and shutting down; it is never
/// held together with a queue's or another socket's. Peers are ordinary references, no counted ones: a closed
/// peer is still an object.
/// </remarks>
public abstract class UnixSocket : Socket, IFileHolder, ILocalSocket
{
    private const uint FionRead = 0x541b;
    private const uint SiocGetIndex = 0x8933;
    private const uint TiocOutQ = 0x5411;

    // What one buffer of a stream holds at most: SKB_MAX_HEAD(0) and UNIX_SKB_FRAGS_SZ of net/unix/af_unix.c.
    private const int StreamUnit = 3776 + 32768;

    private static int s_autoBind;

    private readonly ThreadGroup _maker;
    private readonly AbstractNames _names;
    private readonly LocalSockets _sockets;
    private readonly LinkedListNode<ILocalSocket> _listed;
    private byte[] _address = UnixAddress.None;
    private int _error;
    private volatile bool _writeShut;
    private volatile bool _readShut;

    private protected UnixSocket(Task task, SocketType type, bool nonBlocking)
        : base(task, AddressFamily.Unix, type, nonBlocking)
    {
        _maker = task.Group;
        _names = task.Namespaces.Net.AbstractSockets;
        Incoming = new UnixQueue(this);
        _sockets = task.Namespaces.Net.Sockets;
        _listed = _sockets.Add(this);
    }

    /// <summary>The abstract names of the network namespace that it was made in.</summary>
    private protected AbstractNames Names => _names;

    /// <inheritdoc/>
    public override int WriteUnit => KeepsMessages ? int.MaxValue : StreamUnit;

    /// <inheritdoc/>
    public override byte[] LocalAddress => Volatile.Read(ref _address);

    /// <inheritdoc/>
    public virtual ulong ShownInode => InodeNumber;

    /// <inheritdoc/>
    public int ShownType => (int)Type;

    /// <inheritdoc/>
    public abstract bool IsConnected { get; }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> BoundName =>
        UnixAddress.IsAbstract(LocalAddress) ? LocalAddress.AsSpan(2)
            : LocalAddress.Length > 2 ? UnixAddress.Path(LocalAddress) : default;

    internal UnixQueue Incoming { get; }

    /// <summary>After shutdown(SHUT_WR) or (SHUT_RDWR).</summary>
    internal bool IsWriteShut => _writeShut;

    /// <summary>After shutdown(SHUT_RD) or (SHUT_RDWR).</summary>
    internal bool IsReadShut => _readShut;

    private protected RankedLock StateLock { get; } = new(LockRank.Object);

    /// <summary>A new unconnected socket; ESOCKTNOSUPPORT, EPROTONOSUPPORT.</summary>
    public static Result<Socket> Create(Task task, SocketType type, int protocol, bool nonBlocking)
    {
        if (protocol is not (0 or (int)AddressFamily.Unix))
        {
            return Errno.EPROTONOSUPPORT;
        }

        return type switch
        {
            SocketType.Stream or SocketType.SequencedPacket =>
                new UnixConnectedSocket(task, type, nonBlocking),
            SocketType.Datagram or SocketType.Raw => new UnixDatagramSocket(task, nonBlocking),
            _ => Errno.ESOCKTNOSUPPORT,
        };
    }

    /// <summary>socketpair(2).</summary>
    public static Result<(Socket First, Socket Second)> CreatePair(
        Task task, SocketType type, int protocol, bool nonBlocking)
    {
        if (!Create(task, type, protocol, nonBlocking).TryGet(out Socket? one, out Errno error))
        {
            return error;
        }

        Socket two = Create(task, type, protocol, nonBlocking).Value;
        if (one is UnixConnectedSocket first && two is UnixConnectedSocket second)
        {
            UnixConnectedSocket.Join(first, second, CredentialsOf(task), CredentialsOf(task));
        }
        else if (one is UnixDatagramSocket left && two is UnixDatagramSocket right)
        {
            UnixDatagramSocket.Join(left, right, CredentialsOf(task));
        }

        return (one, two);
    }

    /// <inheritdoc/>
    public override Errno Bind(Task task, ReadOnlySpan<byte> address)
    {
        if (!UnixAddress.Parse(address).TryGet(out byte[]? parsed, out Errno error))
        {
            return error;
        }

        if (LocalAddress.Length > 2)
        {
            // Linux makes the node before it sees that the socket has a name.
            bool isPath = parsed.Length > 2 && !UnixAddress.IsAbstract(parsed);
            return isPath && PathWalker.Lookup(
                task, task.FileSystem.WorkingDirectory, UnixAddress.Path(parsed), LookupFlags.None).IsOk
                ? Errno.EADDRINUSE : Errno.EINVAL;
        }

        if (parsed.Length == 2)
        {
            return AutoBind();
        }

        if (UnixAddress.IsAbstract(parsed))
        {
            return BindAbstract(parsed) ? Errno.Success : Errno.EADDRINUSE;
        }

        Result<Location> made = NameOperations.Make(
            task, task.FileSystem.WorkingDirectory, UnixAddress.Path(parsed), FileType.Socket, 0x1ff);
        if (!made.TryGet(out Location place, out error))
        {
            return error == Errno.EEXIST ? Errno.EADDRINUSE : error;
        }

        place.Inode.AttachSpecialState(this);
        Volatile.Write(ref _address, parsed);
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno Shutdown(int how)
    {
        if (how is < 0 or > 2)
        {
            return Errno.EINVAL;
        }

        if (how != 1)
        {
            _readShut = true;
            Incoming.Close(discard: false);
        }

        if (how != 0)
        {
            _writeShut = true;
        }

        OnShutdown(how != 1, how != 0);
        WaitQueue.Wake(PollEvents.All);
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override int GiveBack(ReadOnlySpan<byte> bytes, int delivered, MessageFlags flags,
        ref Ancillary ancillary) =>
        KeepsMessages
            ? 0 : Incoming.GiveBack(bytes, delivered, (flags & MessageFlags.Peek) != 0, ref ancillary);

    /// <inheritdoc/>
    public override Errno TakeError() => (Errno)Interlocked.Exchange(ref _error, 0);

    /// <inheritdoc/>
    public override Result<long> Ioctl(Caller caller, uint command, ulong argument)
    {
        int value;
        switch (command)
        {
            case FionRead:
                if (IsListening)
                {
                    return Errno.EINVAL;
                }

                value = KeepsMessages ? Incoming.FirstLength : Incoming.ByteCount;
                break;
            case TiocOutQ:
                value = OutgoingBytes;
                break;
            case SiocGetIndex:
                return WriteLoopback(caller, argument);
            default:
                return Errno.ENOTTY;
        }

        Errno error = caller.Memory.Write(argument, value);
        return error == Errno.Success ? 0L : error;
    }

    // SIOCGIFINDEX: there is no device but the loopback one.
    private static Result<long> WriteLoopback(Caller caller, ulong argument)
    {
        Span<byte> name = stackalloc byte[16];
        Errno error = caller.Memory.Read(argument, name);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!name.StartsWith("lo\0"u8))
        {
            return Errno.ENODEV;
        }

        error = caller.Memory.Write(argument + 16, 1);
        return error == Errno.Success ? 0L : error;
    }

    int IFileHolder.References => ReferenceCount;

    /// <inheritdoc/>
    public virtual void ListHeld(List<OpenFile> files) => Incoming.ListFiles(files);

    /// <inheritdoc/>
    public virtual void Discard() => Incoming.Close(discard: true);

    /// <summary>Who the task is to its peers.</summary>
    internal static PeerCredentials CredentialsOf(Task task) =>
        new(task.Group.ProcessId, task.Credentials.EffectiveUid, task.Credentials.EffectiveGid);

    /// <summary>Leaves an error for the next call.</summary>
    internal void SetError(Errno error) => Volatile.Write(ref _error, (int)error);

    private protected bool HasError => Volatile.Read(ref _error) != 0;

    /// <summary>Bytes that were sent and not received yet.</summary>
    private protected abstract int OutgoingBytes { get; }

    /// <summary>Tells the peer.</summary>
    private protected abstract void OnShutdown(bool read, bool write);

    /// <summary>The socket is closed: tells the peer.</summary>
    /// <param name="lostBytes">Something had been sent to it that it never received.</param>
    private protected abstract void OnClose(bool lostBytes);

    /// <inheritdoc/>
    protected sealed override void Destroy()
    {
        _sockets.Remove(_listed);
        byte[] address = LocalAddress;
        if (UnixAddress.IsAbstract(address))
        {
            _names.Remove(address);
        }

        OnClose(Incoming.Close(discard: true));
        _maker.Kernel.FilesInFlight.Collect(_maker);
    }

    /// <summary>The sender as the receiver sees it: what the guest gave, else what it is.</summary>
    private protected static void Stamp(Task task, ref Ancillary ancillary)
    {
        if (ancillary.Sender == default)
        {
            ancillary.Sender = CredentialsOf(task);
        }
    }

    private bool BindAbstract(byte[] address)
    {
        if (!_names.TryAdd(address, this))
        {
            return false;
        }

        Volatile.Write(ref _address, address);
        return true;
    }

    private Errno AutoBind()
    {
        byte[] address = [1, 0, 0, 0, 0, 0, 0, 0];
        for (int tries = 0; tries < 1 << 20; tries++)
        {
            int number = Interlocked.Increment(ref s_autoBind) & 0xfffff;
            number.TryFormat(address.AsSpan(3), out _, "x5");
            if (BindAbstract((byte[])address.Clone()))
            {
                return Errno.Success;
            }
        }

        return Errno.ENOSPC;
    }
}
