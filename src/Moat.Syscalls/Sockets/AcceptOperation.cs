// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Sockets;

namespace Moat.Syscalls.Sockets;

/// <summary>Waits for a connection.</summary>
internal struct AcceptOperation(Socket listener, bool nonBlocking) : IBlockingOperation
{
    /// <summary>The connection; its reference is the caller's.</summary>
    internal Socket? Accepted { get; private set; }

    /// <inheritdoc/>
    public readonly long Progress => 0;

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        if (!listener.Accept(task, nonBlocking).TryGet(out Socket? socket, out Errno error))
        {
            return error;
        }

        Accepted = socket;
        return 0;
    }
}
