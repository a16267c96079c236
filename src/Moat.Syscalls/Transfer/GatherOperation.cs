// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls.Transfer;

/// <summary>A read that takes bytes as they come until there are enough (n_tty_read).</summary>
internal struct GatherOperation(OpenFile file, GuestSegments segments, int minimum) : IBlockingOperation
{
    private GuestSegments _segments = segments;

    /// <inheritdoc/>
    public long Progress { get; private set; }

    /// <summary>No more is wanted, or comes.</summary>
    internal bool IsDone { get; private set; }

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        int want = (int)Math.Min(_segments.Remaining, StagingBuffer.ChunkSize);
        using var staging = new StagingBuffer(want);
        if (!file.Read(task, staging.Span).TryGet(out int got, out Errno error))
        {
            return error;
        }

        int copied = _segments.CopyOut(task.Memory, staging.Span[..got]);
        Progress += copied;
        IsDone = copied < got || got == 0 || Progress >= minimum || _segments.Remaining == 0;
        return copied < got && Progress == 0 ? Errno.EFAULT : Progress;
    }

    /// <summary>Reads as a timing says.</summary>
    internal static Result<long> Run(
        Task task, OpenFile file, in GuestSegments segments, WaitQueue? queue, ReadTiming timing)
    {
        var operation = new GatherOperation(file, segments, timing.Minimum);
        Deadline deadline = Deadline.Never;
        while (true)
        {
            long before = operation.Progress;
            Result<long> result =
                BlockingIo.Run(task, queue, PollEvents.Readable, ref operation, deadline);
            if (!result.IsOk || operation.IsDone || operation.Progress == before || queue is null)
            {
                return result;
            }

            deadline = timing.BetweenNs == 0 ? Deadline.Never : Deadline.After(timing.BetweenNs);
        }
    }
}
