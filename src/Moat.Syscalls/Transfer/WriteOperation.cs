// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls.Transfer;

/// <summary>
/// A write from guest buffers, at the file's position or an offset; goes on until everything is written.
/// </summary>
internal struct WriteOperation(OpenFile file, GuestSegments segments, long? offset) : IBlockingOperation
{
    private GuestSegments _segments = segments;

    /// <inheritdoc/>
    public long Progress { get; private set; }

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        do
        {
            if (file.KeepsMessages && _segments.Remaining > StagingBuffer.MaximumMessage)
            {
                return Errno.EMSGSIZE;
            }

            if (file.DiscardsWrites)
            {
                Errno refused = file.Write(task, default).Error;
                return refused == Errno.Success ? _segments.Remaining : refused;
            }

            if (_segments.Remaining >= SegmentBuffers.Worthwhile && file.IsMemory
                && WriteDirectly(task, out bool ends) is var error && error != Errno.EOPNOTSUPP)
            {
                if (ends)
                {
                    return Progress > 0 ? Progress : error;
                }

                continue;
            }

            int limit = file.KeepsMessages ? StagingBuffer.MaximumMessage : StagingBuffer.ChunkSize;
            int want = (int)Math.Min(_segments.Remaining, limit);
            using var staging = new StagingBuffer(want);
            GuestSegments before = _segments;
            int copied = CopyIn(task, staging.Span);
            if (copied == 0 && want > 0)
            {
                return Progress > 0 ? Progress : Errno.EFAULT;
            }

            Result<int> result = offset is { } at
                ? file.WriteAt(task, staging.Span[..copied], at + Progress)
                : file.Write(task, staging.Span[..copied]);
            if (!result.TryGet(out int written, out Errno failure))
            {
                _segments = before;
                return End(task, failure);
            }

            Progress += written;
            if (written < copied)
            {
                // Some went: step over just that, then see whether more goes or the file says why not.
                _segments = before;
                _segments.Skip(written);
                if (written == 0 || file.WaitQueue is null)
                {
                    break;
                }
            }
            else if (copied < want)
            {
                break;
            }
        }
        while (_segments.Remaining > 0);
        return Progress;
    }

    /// <summary>Copies in; where that faults, as much as the file takes of a part.</summary>
    private int CopyIn(Task task, Span<byte> staging)
    {
        int copied = _segments.CopyIn(task.Memory, staging);
        return copied < staging.Length ? copied - (copied % file.WriteUnit) : copied;
    }

    /// <summary>Makes progress, unless it ends with an error, or a fault after what was written.</summary>
    private Errno WriteDirectly(Task task, out bool ends)
    {
        int want = (int)Math.Min(_segments.Remaining, int.MaxValue);
        SegmentBuffers buffers = SegmentBuffers.At(task.Memory, _segments);
        Result<int> result = file.WriteFrom(task, buffers, want, offset is { } at ? at + Progress : null);
        ends = !result.IsOk || buffers.HasFaulted;
        if (result.IsOk)
        {
            _segments.Skip(result.Value);
            Progress += result.Value;
        }

        return result.Error;
    }

    private readonly Result<long> End(Task task, Errno error)
    {
        if (error == Errno.EAGAIN)
        {
            return error;
        }

        if (error == Errno.EPIPE)
        {
            PipeSignal.SignalPipe(task);
        }

        return Progress > 0 ? Progress : error;
    }
}
