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

/// <summary>Receives a message or a stretch of a stream.</summary>
internal struct ReceiveOperation(Socket socket, GuestSegments segments, MessageFlags flags)
    : IBlockingOperation
{
    private GuestSegments _segments = segments;

    /// <summary>What came beside the bytes; its files are the caller's.</summary>
    internal Ancillary Ancillary;

    /// <inheritdoc/>
    public long Progress { get; private set; }

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        bool all = (flags & (MessageFlags.WaitAll | MessageFlags.Peek)) == MessageFlags.WaitAll
            && !socket.KeepsMessages;
        do
        {
            int limit = socket.KeepsMessages ? StagingBuffer.MaximumMessage : StagingBuffer.ChunkSize;
            int want = (int)Math.Min(_segments.Remaining, limit);
            using var staging = new StagingBuffer(want);
            Result<int> result = socket.Receive(task, staging.Span, flags, ref Ancillary);
            if (!result.TryGet(out int got, out Errno error))
            {
                return Progress > 0 && !(all && error == Errno.EAGAIN) ? Progress : error;
            }

            int fits = Math.Min(got, want);
            int copied = _segments.CopyOut(task.Memory, staging.Span[..fits]);
            if (copied < fits)
            {
                Progress += socket.GiveBack(staging.Span[..fits], copied, flags, ref Ancillary);
                return Progress > 0 ? Progress : Errno.EFAULT;
            }

            Progress += got;
            if (got == 0 || socket.KeepsMessages || (flags & MessageFlags.Peek) != 0
                || Ancillary.Files is not null)
            {
                break;
            }

            if (got < want && !all)
            {
                break;
            }
        }
        while (_segments.Remaining > 0);
        return Progress;
    }
}
