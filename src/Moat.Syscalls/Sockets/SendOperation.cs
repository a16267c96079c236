// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Sockets;
using Moat.Syscalls.Transfer;

namespace Moat.Syscalls.Sockets;

/// <summary>Sends a message or a stretch of a stream, until all of it has gone.</summary>
internal struct SendOperation(Socket socket, GuestSegments segments, Ancillary ancillary, MessageFlags flags)
    : IBlockingOperation
{
    private GuestSegments _segments = segments;

    /// <summary>What goes beside the bytes; files that did not go are still in it.</summary>
    internal Ancillary Ancillary = ancillary;

    /// <inheritdoc/>
    public long Progress { get; private set; }

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        do
        {
            if (socket.KeepsMessages && _segments.Remaining > StagingBuffer.MaximumMessage)
            {
                return Errno.EMSGSIZE;
            }

            int limit = socket.KeepsMessages ? StagingBuffer.MaximumMessage : StagingBuffer.ChunkSize;
            int want = (int)Math.Min(_segments.Remaining, limit);
            using var staging = new StagingBuffer(want);
            GuestSegments before = _segments;
            int copied = _segments.CopyIn(task.Memory, staging.Span);
            if (copied < want)
            {
                copied -= copied % socket.WriteUnit;
                if (copied == 0)
                {
                    return Progress > 0 ? Progress : Errno.EFAULT;
                }
            }

            ReadOnlySpan<byte> bytes = staging.Span[..copied];
            if (!socket.Send(task, bytes, ref Ancillary).TryGet(out int sent, out Errno error))
            {
                _segments = before;
                return Fail(task, error);
            }

            Progress += sent;
            if (sent < want)
            {
                // Where it faulted is tried again, and ends the call.
                _segments = before;
                _segments.Skip(sent);
            }
        }
        while (_segments.Remaining > 0);
        return Progress;
    }

    private readonly Result<long> Fail(Task task, Errno error)
    {
        if (error == Errno.EAGAIN)
        {
            return error;
        }

        if (error == Errno.EPIPE && (flags & MessageFlags.NoSignal) == 0)
        {
            PipeSignal.SignalPipe(task);
        }

        return Progress > 0 ? Progress : error;
    }
}
