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
            if (_segments.Remaining >= SegmentBuffers.Worthwhile && file.IsMemory)
            {
                Result<int> direct = ReadDirectly(task, out bool ends);
                if (direct.Error != Errno.EOPNOTSUPP)
                {
                    Progress += direct.IsOk ? direct.Value : 0;
                    if (!direct.IsOk || ends || file.KeepsMessages)
                    {
                        return Progress > 0 || direct.IsOk ? Progress : direct.Error;
                    }

                    continue;
                }
            }

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
            if (copied < got && offset is null)
            {
                copied = file.GiveBack(task, staging.Span[..got], copied);
            }

            Progress += copied;
            if (copied < got)
            {
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

    /// <summary>A short result ends the call only where the next attempt brings nothing.</summary>
    private Result<int> ReadDirectly(Task task, out bool ends)
    {
        int want = (int)Math.Min(_segments.Remaining, int.MaxValue);
        SegmentBuffers buffers = SegmentBuffers.At(task.Memory, _segments);
        Result<int> result = file.ReadTo(task, buffers, want, offset is { } at ? at + Progress : null);
        _segments = buffers.Segments;
        ends = result is { IsOk: true, Value: 0 } || buffers.HasFaulted;
        return result;
    }
}
