// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Sockets;

namespace Moat.Syscalls.Sockets;

/// <summary>Waits until a listener takes a connection.</summary>
internal readonly struct ConnectOperation(Socket socket, byte[] address) : IBlockingOperation
{
    /// <inheritdoc/>
    public long Progress => 0;

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        Errno error = socket.Connect(task, address);
        return error == Errno.Success ? 0L : error;
    }
}
