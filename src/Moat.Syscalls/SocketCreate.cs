// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Sockets;
using Moat.Sockets.Netlink;
using Moat.Sockets.Unix;

namespace Moat.Syscalls;

/// <summary>socket(2), socketpair(2).</summary>
public static class SocketCreate
{
    private const SocketType KnownFlags = SocketType.NonBlock | SocketType.CloseOnExec;

    /// <summary>
    /// socket(2): local sockets; other families are EAFNOSUPPORT, as on a kernel without them.
    /// </summary>
    [Syscall("socket")]
    public static SysResult Create(Task task, AddressFamily family, SocketType type, int protocol)
    {
        Errno error = Check(family, type);
        bool nonBlocking = (type & SocketType.NonBlock) != 0;
        if (error == Errno.EAFNOSUPPORT && IsRouteOfOwn(task, family, type, protocol))
        {
            return task.Files.Install(new RouteSocket(task, type & SocketType.TypeMask, nonBlocking),
                (type & SocketType.CloseOnExec) != 0);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        return UnixSocket.Create(task, type & SocketType.TypeMask, protocol, nonBlocking)
            .TryGet(out Socket? socket, out error)
            ? task.Files.Install(socket, (type & SocketType.CloseOnExec) != 0)
            : error;
    }

    /// <summary>socketpair(2).</summary>
    [Syscall("socketpair")]
    public static SysResult CreatePair(
        Task task, AddressFamily family, SocketType type, int protocol, GuestPtr<FdPair> fds)
    {
        Errno error = Check(family, type);
        if (error != Errno.Success)
        {
            return error;
        }

        bool nonBlocking = (type & SocketType.NonBlock) != 0;
        return UnixSocket.CreatePair(task, type & SocketType.TypeMask, protocol, nonBlocking)
            .TryGet(out (Socket First, Socket Second) pair, out error)
            ? DescriptorPair.Install(task, pair.First, pair.Second, (type & SocketType.CloseOnExec) != 0, fds)
            : error;
    }

    // The sandbox's own network has no netlink yet; one that a guest makes can be asked to start its loopback
    // device, as bubblewrap does.
    private static bool IsRouteOfOwn(Task task, AddressFamily family, SocketType type, int protocol) =>
        family == AddressFamily.Netlink && protocol == 0 && task.Namespaces.Net != task.Kernel.Net
        && (type & SocketType.TypeMask) is SocketType.Raw or SocketType.Datagram;

    private static Errno Check(AddressFamily family, SocketType type)
    {
        if ((type & ~(SocketType.TypeMask | KnownFlags)) != 0 || (int)(type & SocketType.TypeMask) > 10)
        {
            return Errno.EINVAL;
        }

        return family == AddressFamily.Unix ? Errno.Success : Errno.EAFNOSUPPORT;
    }
}
