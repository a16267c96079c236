// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;

namespace Moat.Host.Sockets;

/// <summary>AF_UNIX SOCK_SEQPACKET sockets of the host that carry packets and descriptors.</summary>
public static unsafe class HostSocket
{
    private const ulong Unix = 1;
    private const ulong Stream = 1;
    private const ulong SequencedPackets = 5;
    private const ulong CloseOnExec = 0x80000;
    private const ulong NoSignal = 0x4000;
    private const ulong CloseReceivedOnExec = 0x40000000;
    private const int MaximumDescriptors = 16;
    private const int AddressLength = 110;

    /// <summary>A connected pair.</summary>
    [HostCall("socketpair", Why = "the control socket", Stage = HostCallStage.Starting)]
    public static Errno CreatePair(out int first, out int second)
    {
        int* pair = stackalloc int[2];
        Errno error = HostCall.Invoke(
            SyscallNumber.socketpair, Unix, SequencedPackets | CloseOnExec, 0, (ulong)pair).Error;
        (first, second) = error == Errno.Success ? (pair[0], pair[1]) : (-1, -1);
        return error;
    }

    /// <summary>A listening socket at a path (at most 107 bytes).</summary>
    [HostCall("socket", Why = "control sockets of created containers", Stage = HostCallStage.Starting)]
    [HostCall("bind", Why = "control sockets of created containers", Stage = HostCallStage.Starting)]
    [HostCall("listen", Why = "control sockets of created containers", Stage = HostCallStage.Starting)]
    public static Result<int> Listen(string path) =>
        WithAddress(path, SequencedPackets, static (fd, address, length) =>
    {
        Errno error = HostCall.Invoke(SyscallNumber.bind, (ulong)fd, address, length).Error;
        return error != Errno.Success ? error : HostCall.Invoke(SyscallNumber.listen, (ulong)fd, 16).Error;
    });

    /// <summary>Connects to a listening socket.</summary>
    [HostCall("connect", Why = "commands for a running container", Stage = HostCallStage.Starting)]
    public static Result<int> Connect(string path) => WithAddress(path, SequencedPackets, Connect);

    /// <summary>Connects to a listening stream socket.</summary>
    public static Result<int> ConnectStream(string path) => WithAddress(path, Stream, Connect);

    /// <summary>Accepts a connection.</summary>
    [HostCall("accept4", Why = "commands for a running container, on the inherited listening socket")]
    public static Result<int> Accept(int listener) =>
        HostCall.Invoke(SyscallNumber.accept4, (ulong)listener, 0, 0, CloseOnExec).AsInt();

    /// <summary>Sends one packet with descriptors.</summary>
    [HostCall("sendmsg", Why = "reports on the control socket")]
    public static Errno Send(int socket, ReadOnlySpan<byte> packet, ReadOnlySpan<int> descriptors = default)
    {
        if (descriptors.Length > MaximumDescriptors)
        {
            return Errno.EINVAL;
        }

        // struct cmsghdr: length 8, level 4, type 4, then the descriptors.
        ulong* control = stackalloc ulong[2 + (MaximumDescriptors / 2)];
        control[0] = 16 + (4 * (ulong)descriptors.Length);
        control[1] = 1 | (1UL << 32);
        descriptors.CopyTo(new Span<int>(control + 2, MaximumDescriptors));
        fixed (byte* p = packet)
        {
            ulong* vector = stackalloc ulong[] { (ulong)p, (ulong)packet.Length };
            ulong controlLength = descriptors.IsEmpty ? 0 : 16 + (((4 * (ulong)descriptors.Length)
                + 7) & ~7UL);
            ulong* header = stackalloc ulong[]
            {
                0, 0, (ulong)vector, 1, descriptors.IsEmpty ? 0 : (ulong)control, controlLength, 0,
            };
            SysResult result;
            do
            {
                result = HostCall.Invoke(SyscallNumber.sendmsg, (ulong)socket, (ulong)header, NoSignal);
            }
            while (result.Error == Errno.EINTR);
            return result.Error;
        }
    }

    /// <summary>Receives one packet; blocks unless the socket is non-blocking.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="packet">Room for it; a longer packet is EMSGSIZE.</param>
    /// <param name="descriptors">Room for descriptors; the caller owns what arrives. Others are
    /// closed.</param>
    /// <param name="descriptorCount">How many arrived.</param>
    /// <returns>The packet's length; 0 when the other side is gone.</returns>
    [HostCall("recvmsg", Why = "orders on the control socket")]
    public static Result<int> Receive(int socket, Span<byte> packet, Span<int> descriptors,
        out int descriptorCount)
    {
        descriptorCount = 0;
        ulong* control = stackalloc ulong[2 + (MaximumDescriptors / 2)];
        fixed (byte* p = packet)
        {
            ulong* vector = stackalloc ulong[] { (ulong)p, (ulong)packet.Length };
            ulong* header = stackalloc ulong[]
            {
                0, 0, (ulong)vector, 1, (ulong)control, 16 + (4 * MaximumDescriptors), 0,
            };
            SysResult result;
            do
            {
                result = HostCall.Invoke(
                    SyscallNumber.recvmsg, (ulong)socket, (ulong)header, CloseReceivedOnExec);
            }
            while (result.Error == Errno.EINTR);
            if (result.IsError)
            {
                return result.Error;
            }

            int count = header[5] >= 20 && control[1] == (1 | (1UL << 32)) ? (int)((control[0] - 16) / 4) : 0;
            var received = new ReadOnlySpan<int>(control + 2, count);
            int kept = Math.Min(count, descriptors.Length);
            received[..kept].CopyTo(descriptors);
            foreach (int fd in received[kept..])
            {
                Files.HostFile.Close(fd);
            }

            descriptorCount = kept;
            const ulong truncated = 0x20;
            return (header[6] & truncated) != 0 ? Errno.EMSGSIZE : (int)result.Raw;
        }
    }

    private static Errno Connect(int fd, ulong address, ulong length) =>
        HostCall.Invoke(SyscallNumber.connect, (ulong)fd, address, length).Error;

    private static Result<int> WithAddress(string path, ulong type, Func<int, ulong, ulong, Errno> use)
    {
        byte* address = stackalloc byte[AddressLength];
        new Span<byte>(address, AddressLength).Clear();
        address[0] = 1;
        if (!Encoding.UTF8.TryGetBytes(path, new Span<byte>(address + 2, AddressLength - 3), out int length))
        {
            return Errno.ENAMETOOLONG;
        }

        SysResult socket = HostCall.Invoke(SyscallNumber.socket, Unix, type | CloseOnExec, 0);
        if (socket.IsError)
        {
            return socket.Error;
        }

        int fd = (int)socket.Raw;
        Errno error = use(fd, (ulong)address, (ulong)length + 3);
        if (error != Errno.Success)
        {
            Files.HostFile.Close(fd);
            return error;
        }

        return fd;
    }
}
