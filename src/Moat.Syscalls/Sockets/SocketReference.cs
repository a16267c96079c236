// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Kernel.Tasks;
using Moat.Sockets;
using Moat.Vfs;

namespace Moat.Syscalls.Sockets;

/// <summary>A socket taken from the descriptor table for the time of a call.</summary>
internal readonly ref struct SocketReference
{
    private readonly OpenFile? _file;

    /// <summary>Looks a descriptor up.</summary>
    internal SocketReference(Task task, int fd) => _file = task.Files.Borrow(fd).File;

    /// <summary>The socket, or null.</summary>
    internal Socket? Socket => _file as Socket;

    /// <summary>Why there is none: EBADF or ENOTSOCK.</summary>
    internal Errno Error => _file is null ? Errno.EBADF : Errno.ENOTSOCK;

    /// <summary>Gives the reference back.</summary>
    public void Dispose() => _file?.Release();
}
