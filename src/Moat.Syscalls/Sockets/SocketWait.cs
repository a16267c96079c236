// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Sockets;
using Moat.Vfs;

namespace Moat.Syscalls.Sockets;

/// <summary>Waiting on sockets, with their timeouts (socket(7)).</summary>
internal static class SocketWait
{
    /// <summary>
    /// Runs an operation until it is done, the socket's timeout is over, or a signal comes.
    /// </summary>
    internal static Result<long> Run<TOperation>(
        Task task, Socket socket, PollEvents events, MessageFlags flags, long timeoutNs,
        ref TOperation operation)
        where TOperation : struct, IBlockingOperation
    {
        WaitQueue? queue = socket.IsNonBlocking || (flags & MessageFlags.DoNotWait) != 0
            ? null : socket.WaitQueue;
        Deadline deadline = timeoutNs > 0 ? Deadline.After(timeoutNs) : Deadline.Never;
        Result<long> result = BlockingIo.Run(task, queue, events, ref operation, deadline);

        // With a timeout the call is not restarted (signal(7)).
        return result.Error == Errno.ERESTARTSYS && timeoutNs > 0 ? Errno.EINTR : result;
    }
}
