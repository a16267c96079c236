// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Sockets.Netlink;

/// <summary>
/// NETLINK_ROUTE as far as a network needs it that has nothing but its loopback device: what is asked of that
/// is granted, and lists are empty (rtnetlink(7)).
/// </summary>
/// <remarks>Locks: its own guards the answers that nobody has read yet.</remarks>
public sealed class RouteSocket : Socket
{
    private const int HeaderSize = 16;
    private const int AddressSize = 12;
    private const int MostRequest = 32 << 10;

    /// <summary>
    /// What waits for its reader (net.core.rmem_default), each answer with what it costs to keep.
    /// </summary>
    private const int MostQueued = 212_992;
    private const int AnswerCost = 512;
    private const int LinkSize = 16;
    private const int AddressBodySize = 8;
    private const ushort ErrorType = 2;
    private const ushort DoneType = 3;
    private const ushort FirstRouteType = 16;
    private const ushort NewLink = 16;
    private const ushort NewAddress = 20;
    private const ushort AckFlag = 4;
    private const ushort DumpFlag = 0x300;
    private const ushort MultiFlag = 2;
    private const int Loopback = 1;
    private const uint UpFlag = 1;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly Queue<byte[]> _answers = new();
    private int _queued;
    private uint _port;

    /// <summary>A socket that is bound to no number yet.</summary>
    public RouteSocket(Task task, SocketType type, bool nonBlocking)
        : base(task, AddressFamily.Netlink, type, nonBlocking)
    {
    }

    /// <inheritdoc/>
    public override bool IsListening => false;

    /// <inheritdoc/>
    public override PeerCredentials Peer => default;

    /// <inheritdoc/>
    public override byte[] LocalAddress => Address(_port);

    /// <inheritdoc/>
    public override Errno Bind(Task task, ReadOnlySpan<byte> address)
    {
        if (address.Length < AddressSize || BinaryPrimitives.ReadUInt16LittleEndian(address) != 16)
        {
            return Errno.EINVAL;
        }

        uint port = BinaryPrimitives.ReadUInt32LittleEndian(address[4..]);
        _port = port != 0 ? port : (uint)task.Group.OwnId;
        return Errno.Success;
    }

    /// <inheritdoc/>
    public override Errno Listen(Task task, int backlog) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Result<Socket> Accept(Task task, bool nonBlocking) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Errno Connect(Task task, ReadOnlySpan<byte> address) => Errno.Success;

    /// <inheritdoc/>
    public override Errno Shutdown(int how) => Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override Result<byte[]> GetPeerAddress() => Address(0);

    /// <inheritdoc/>
    public override Errno TakeError() => Errno.Success;

    /// <inheritdoc/>
    public override PollEvents Poll(Caller caller)
    {
        using (_lock.Enter())
        {
            return PollEvents.Out | PollEvents.WriteNormal
                | (_answers.Count > 0 ? PollEvents.In | PollEvents.ReadNormal : 0);
        }
    }

    /// <inheritdoc/>
    public override Result<int> Send(Task task, ReadOnlySpan<byte> bytes, ref Ancillary ancillary)
    {
        if (bytes.Length > MostRequest)
        {
            return Errno.EMSGSIZE;
        }

        _port = _port == 0 ? (uint)task.Group.OwnId : _port;
        Errno error = Errno.Success;
        bool mayChange = task.Credentials.Has(Capability.NetAdmin, task.Namespaces.Net.Owner);
        ReadOnlySpan<byte> rest = bytes;
        while (rest.Length >= HeaderSize)
        {
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(rest);
            if (length < HeaderSize || length > (uint)rest.Length)
            {
                break;
            }

            if (!TryAnswer(rest[..(int)length], mayChange))
            {
                error = Errno.ENOBUFS;
                break;
            }

            rest = rest[(int)Math.Min((length + 3) & ~3u, (uint)rest.Length)..];
        }

        WaitQueue.Wake(PollEvents.In);
        return error == Errno.Success ? bytes.Length : error;
    }

    /// <inheritdoc/>
    public override Result<int> Receive(Task task, Span<byte> bytes, MessageFlags flags,
        ref Ancillary ancillary)
    {
        byte[]? answer;
        using (_lock.Enter())
        {
            bool any = (flags & MessageFlags.Peek) != 0
                ? _answers.TryPeek(out answer) : _answers.TryDequeue(out answer);
            if (!any)
            {
                return Errno.EAGAIN;
            }

            _queued -= (flags & MessageFlags.Peek) != 0 ? 0 : answer!.Length + AnswerCost;
        }

        int count = Math.Min(answer!.Length, bytes.Length);
        answer.AsSpan(0, count).CopyTo(bytes);
        ancillary.Address = Address(0);
        ancillary.Flags |= count < answer.Length ? MessageFlags.Truncated : 0;
        return (flags & MessageFlags.Truncated) != 0 ? answer.Length : count;
    }

    /// <inheritdoc/>
    public override int GiveBack(ReadOnlySpan<byte> bytes, int delivered, MessageFlags flags,
        ref Ancillary ancillary) => bytes.Length;

    /// <inheritdoc/>
    protected override void Destroy()
    {
    }

    private static byte[] Address(uint port)
    {
        byte[] address = new byte[AddressSize];
        BinaryPrimitives.WriteUInt16LittleEndian(address, (ushort)AddressFamily.Netlink);
        BinaryPrimitives.WriteUInt32LittleEndian(address.AsSpan(4), port);
        return address;
    }

    private bool TryAnswer(ReadOnlySpan<byte> request, bool mayChange)
    {
        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(request[4..]);
        ushort flags = BinaryPrimitives.ReadUInt16LittleEndian(request[6..]);
        if (type < FirstRouteType)
        {
            return true;
        }

        bool isQuestion = (type & 3) == 2;
        if (isQuestion && (flags & DumpFlag) != 0)
        {
            return Enqueue(request, DoneType, MultiFlag, new byte[sizeof(int)]);
        }

        Errno error = isQuestion ? Errno.EOPNOTSUPP : !mayChange ? Errno.EPERM : Change(type, request);
        if (error == Errno.Success && (flags & AckFlag) == 0)
        {
            return true;
        }

        // What was refused comes back whole, of the rest its header only.
        int echoed = error == Errno.Success ? HeaderSize : request.Length;
        byte[] body = new byte[sizeof(int) + echoed];
        BinaryPrimitives.WriteInt32LittleEndian(body, -(int)error);
        request[..echoed].CopyTo(body.AsSpan(sizeof(int)));
        return Enqueue(request, ErrorType, 0, body);
    }

    // Setting the loopback device up and giving it its own address says nothing new; whatever else
    // is refused.
    private static Errno Change(ushort type, ReadOnlySpan<byte> request)
    {
        if (type is not (NewLink or NewAddress))
        {
            return Errno.EOPNOTSUPP;
        }

        ReadOnlySpan<byte> body = request[HeaderSize..];
        if (body.Length < (type == NewLink ? LinkSize : AddressBodySize))
        {
            return Errno.EINVAL;
        }

        // struct ifinfomsg and struct ifaddrmsg both have the device's number at 4.
        if (BinaryPrimitives.ReadInt32LittleEndian(body[4..]) != Loopback)
        {
            return Errno.ENODEV;
        }

        bool isKnown = type == NewLink
            ? BinaryPrimitives.ReadUInt32LittleEndian(body[8..]) == UpFlag
                && BinaryPrimitives.ReadUInt32LittleEndian(body[12..]) is UpFlag or uint.MaxValue
                && body.Length == LinkSize
            : (body[0], body[1]) is ((byte)AddressFamily.Inet, 8) or ((byte)AddressFamily.Inet6, 128);
        return isKnown ? Errno.Success : Errno.EOPNOTSUPP;
    }

    private bool Enqueue(ReadOnlySpan<byte> request, ushort type, ushort flags, byte[] body)
    {
        byte[] answer = new byte[HeaderSize + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(answer, answer.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(answer.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(answer.AsSpan(6), flags);
        request.Slice(8, 4).CopyTo(answer.AsSpan(8));
        BinaryPrimitives.WriteUInt32LittleEndian(answer.AsSpan(12), _port);
        body.CopyTo(answer.AsSpan(HeaderSize));
        using (_lock.Enter())
        {
            if (_queued + answer.Length + AnswerCost > MostQueued)
            {
                return false;
            }

            _queued += answer.Length + AnswerCost;
            _answers.Enqueue(answer);
            return true;
        }
    }
}
