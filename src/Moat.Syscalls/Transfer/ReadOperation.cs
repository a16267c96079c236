// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls.Transfer;

/// <summary>
/// A read into guest buffers, from the file's position or an offset; ends with the first bytes it gets.
/// </summary>
internal struct ReadOperation(OpenFile file, GuestSegments segments, long? offset) : IBlockingOperation
{
    private GuestSegments _segments = segments;

    /// <inheritdoc/>
    public long Progress { get; private set; }

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        do
        {
            int limit = file.KeepsMessages ? StagingBuffer.MaximumMessage : StagingBuffer.ChunkSize;
            int want = (int)Math.Min(_segments.Remaining, limit);
            using var staging = new StagingBuffer(want);
            Result<int> result = offset is { } at
                ? file.ReadAt(task, staging.Span, at + Progress)
                : file.Read(task, staging.Span);
            if (!result.TryGet(out int got, out Errno error))
            {
                return Progress > 0 ? Progress : error;
            }

            int copied = _segments.CopyOut(task.Memory, staging.Span[..got]);
            Progress += copied;
            if (copied < got)
            {
                if (offset is null)
                {
                    file.GiveBack(task, staging.Span[copied..got]);
                }

                return Progress > 0 ? Progress : Errno.EFAULT;
            }

            if (got < want || file.KeepsMessages)
            {
                break;
            }
        }
        while (_segments.Remaining > 0);
        return Progress;
    }
}
