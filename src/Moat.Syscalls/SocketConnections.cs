// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Sockets;
using Moat.Syscalls.Sockets;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>bind(2), listen(2), accept(2), connect(2), shutdown(2), getsockname(2), getpeername(2).</summary>
public static class SocketConnections
{
    /// <summary>bind(2).</summary>
    [Syscall("bind")]
    public static SysResult Bind(Task task, int fd, [Input("length")] GuestBuffer address, int length)
    {
        using var reference = new SocketReference(task, fd);
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        return SocketAddress.Read(task, address.Address, length).TryGet(out byte[]? bytes, out Errno error)
            ? socket.Bind(task, bytes)
            : error;
    }

    /// <summary>listen(2).</summary>
    [Syscall("listen")]
    public static SysResult Listen(Task task, int fd, int backlog)
    {
        using var reference = new SocketReference(task, fd);
        return reference.Socket?.Listen(task, backlog) ?? reference.Error;
    }

    /// <summary>accept(2).</summary>
    [Syscall("accept")]
    public static SysResult Accept(Task task, int fd, GuestBuffer address, GuestPtr<int> length) =>
        Accept4(task, fd, address, length, 0);

    /// <summary>accept4(2).</summary>
    [Syscall("accept4")]
    public static SysResult Accept4(Task task, int fd, GuestBuffer address, GuestPtr<int> length,
        SocketType flags)
    {
        if ((flags & ~(SocketType.NonBlock | SocketType.CloseOnExec)) != 0)
        {
            return Errno.EINVAL;
        }

        using var reference = new SocketReference(task, fd);
        return reference.Socket is { } listener
            ? Accept(task, listener, address, length, flags) : reference.Error;
    }

    internal static SysResult Accept(
        Task task, Socket listener, GuestBuffer address, GuestPtr<int> length, SocketType flags)
    {
        var operation = new AcceptOperation(listener, (flags & SocketType.NonBlock) != 0);
        Result<long> result = SocketWait.Run(
            task, listener, PollEvents.Readable, 0, listener.ReceiveTimeoutNs, ref operation);
        if (operation.Accepted is not { } accepted)
        {
            return result;
        }

        if (!address.IsNull && accepted.GetPeerAddress().TryGet(out byte[]? peer, out _))
        {
            Errno error = SocketAddress.Write(task, peer, address.Address, length);
            if (error != Errno.Success)
            {
                accepted.Release();
                return error;
            }
        }

        return task.Files.Install(accepted, (flags & SocketType.CloseOnExec) != 0);
    }

    /// <summary>connect(2).</summary>
    [Syscall("connect")]
    public static SysResult Connect(Task task, int fd, [Input("length")] GuestBuffer address, int length)
    {
        using var reference = new SocketReference(task, fd);
        return reference.Socket is { } socket ? Connect(task, socket, address, length) : reference.Error;
    }

    internal static SysResult Connect(Task task, Socket socket, GuestBuffer address, int length)
    {
        if (!SocketAddress.Read(task, address.Address, length).TryGet(out byte[]? bytes, out Errno error))
        {
            return error;
        }

        var operation = new ConnectOperation(socket, bytes);
        return SocketWait.Run(task, socket, PollEvents.Writable, 0, socket.SendTimeoutNs, ref operation);
    }

    /// <summary>shutdown(2).</summary>
    [Syscall("shutdown")]
    public static SysResult Shutdown(Task task, int fd, int how)
    {
        using var reference = new SocketReference(task, fd);
        return reference.Socket?.Shutdown(how) ?? reference.Error;
    }

    /// <summary>getsockname(2).</summary>
    [Syscall("getsockname")]
    public static SysResult GetName(Task task, int fd, GuestBuffer address, [Input] GuestPtr<int> length)
    {
        using var reference = new SocketReference(task, fd);
        return reference.Socket is { } socket
            ? SocketAddress.Write(task, socket.LocalAddress, address.Address, length)
            : reference.Error;
    }

    /// <summary>getpeername(2).</summary>
    [Syscall("getpeername")]
    public static SysResult GetPeerName(Task task, int fd, GuestBuffer address, [Input] GuestPtr<int> length)
    {
        using var reference = new SocketReference(task, fd);
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        return socket.GetPeerAddress().TryGet(out byte[]? peer, out Errno error)
            ? SocketAddress.Write(task, peer, address.Address, length)
            : error;
    }
}
