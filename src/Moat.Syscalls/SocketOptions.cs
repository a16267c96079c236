// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Sockets;
using Moat.Syscalls.Sockets;

namespace Moat.Syscalls;

/// <summary>getsockopt(2), setsockopt(2) for SOL_SOCKET.</summary>
public static class SocketOptions
{
    private const int SocketLevel = 1;
    private const int MinimumBuffer = 4608;
    private const int MaximumBuffer = 425984;

    /// <summary>getsockopt(2).</summary>
    [Syscall("getsockopt")]
    public static SysResult Get(
        Task task, int fd, int level, SocketOption option, GuestBuffer value, [Input] GuestPtr<int> length)
    {
        using var reference = new SocketReference(task, fd);
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        Errno error = length.Read(task.Memory, out int room);
        if (error != Errno.Success)
        {
            return error;
        }

        if (room < 0)
        {
            return Errno.EINVAL;
        }

        if (level != SocketLevel)
        {
            return Errno.EOPNOTSUPP;
        }

        Span<byte> bytes = stackalloc byte[16];
        if (!Read(task, socket, option, bytes).TryGet(out int size, out error))
        {
            return error;
        }

        size = Math.Min(size, room);
        error = task.Memory.Write(value.Address, bytes[..size]);
        return error != Errno.Success ? error : length.Write(task.Memory, size);
    }

    /// <summary>setsockopt(2).</summary>
    [Syscall("setsockopt")]
    public static SysResult Set(Task task, int fd, int level, SocketOption option, GuestBuffer value,
        int length)
    {
        using var reference = new SocketReference(task, fd);
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        if (level != SocketLevel)
        {
            return Errno.EOPNOTSUPP;
        }

        if (length < 4)
        {
            return Errno.EINVAL;
        }

        Errno error = task.Memory.Read(value.Address, out int number);
        if (error != Errno.Success)
        {
            return error;
        }

        return option is SocketOption.ReceiveTimeout or SocketOption.SendTimeout
            ? SetTimeout(task, socket, option, value.Address, length)
            : Write(task, socket, option, number);
    }

    private static Result<int> Read(Task task, Socket socket, SocketOption option, Span<byte> bytes)
    {
        switch (option)
        {
            case SocketOption.PeerCredentials:
                MemoryMarshal.Write(bytes, socket.Peer == default
                    ? new PeerCredentials(0, ~0u, ~0u) : PeerAsSeen.By(task, socket.Peer));
                return 12;
            case SocketOption.ReceiveTimeout:
                MemoryMarshal.Write(bytes, Timeval.FromNanoseconds(socket.ReceiveTimeoutNs));
                return 16;
            case SocketOption.SendTimeout:
                MemoryMarshal.Write(bytes, Timeval.FromNanoseconds(socket.SendTimeoutNs));
                return 16;
            case SocketOption.Linger:
                bytes[..8].Clear();
                return 8;
        }

        int? number = option switch
        {
            SocketOption.Type => (int)socket.Type,
            SocketOption.Domain => (int)socket.Family,
            SocketOption.Protocol => 0,
            SocketOption.Error => (int)socket.TakeError(),
            SocketOption.SendBuffer => socket.SendBuffer,
            SocketOption.ReceiveBuffer => socket.ReceiveBuffer,
            SocketOption.PassCredentials => socket.PassesCredentials ? 1 : 0,
            SocketOption.AcceptsConnections => socket.IsListening ? 1 : 0,
            SocketOption.ReceiveLowWater or SocketOption.SendLowWater => 1,
            _ when IsStored(option) => (int)(socket.StoredFlags >> (int)option & 1),
            _ => null,
        };
        if (number is not { } known)
        {
            return Errno.ENOPROTOOPT;
        }

        MemoryMarshal.Write(bytes, known);
        return 4;
    }

    private static Errno Write(Task task, Socket socket, SocketOption option, int number)
    {
        switch (option)
        {
            case SocketOption.SendBuffer or SocketOption.SendBufferForce:
                socket.SendBuffer = BufferSize(number);
                return Errno.Success;
            case SocketOption.ReceiveBuffer or SocketOption.ReceiveBufferForce:
                socket.ReceiveBuffer = BufferSize(number);
                return Errno.Success;
            case SocketOption.PassCredentials:
                socket.PassesCredentials = number != 0;
                return Errno.Success;
            case SocketOption.Linger or SocketOption.ReceiveLowWater:
                return Errno.Success;
            case SocketOption.Debug when number != 0 && !task.Credentials.Has(Capability.NetAdmin):
                return Errno.EACCES;
            case SocketOption.ReusePort:
                return Errno.EOPNOTSUPP;
        }

        if (!IsStored(option))
        {
            return Errno.ENOPROTOOPT;
        }

        ulong bit = 1UL << (int)option;
        socket.StoredFlags = number != 0 ? socket.StoredFlags | bit : socket.StoredFlags & ~bit;
        return Errno.Success;
    }

    private static Errno SetTimeout(Task task, Socket socket, SocketOption option, ulong address, int length)
    {
        if (length < 16)
        {
            return Errno.EINVAL;
        }

        Errno error = task.Memory.Read(address, out Timeval value);
        if (error != Errno.Success)
        {
            return error;
        }

        if ((ulong)value.Microseconds >= 1_000_000)
        {
            return Errno.EDOM;
        }

        // A negative time is one that is over already; Linux then does not wait at all.
        long ns = value.Seconds < 0 ? 1 : value.ToNanoseconds();
        if (option == SocketOption.ReceiveTimeout)
        {
            socket.ReceiveTimeoutNs = ns;
        }
        else
        {
            socket.SendTimeoutNs = ns;
        }

        return Errno.Success;
    }

    private static bool IsStored(SocketOption option) =>
        option is SocketOption.Debug or SocketOption.ReuseAddress
        or SocketOption.DoNotRoute or SocketOption.Broadcast or SocketOption.KeepAlive
            or SocketOption.OutOfBandInline
        or SocketOption.Priority or SocketOption.Timestamp or SocketOption.PassSecurity;

    // Linux doubles what it is asked for, for its own overhead (socket(7)).
    private static int BufferSize(int wanted) =>
        Math.Clamp(wanted < 0 ? MaximumBuffer : (int)Math.Min((long)wanted * 2, MaximumBuffer), MinimumBuffer,
            MaximumBuffer);
}
