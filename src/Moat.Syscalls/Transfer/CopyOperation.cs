// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Pipes;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls.Transfer;

/// <summary>
/// Moves bytes from one file to another inside the kernel: sendfile, splice, copy_file_range.
/// </summary>
/// <remarks>
/// Bytes read from a seekable input are looked at again after a short write; those of a pipe are peeked at
/// and taken only when they have been written.
/// </remarks>
internal struct CopyOperation(OpenFile input, OpenFile output, long? inOffset, long? outOffset, long count)
    : IBlockingOperation
{
    /// <inheritdoc/>
    public long Progress { get; private set; }

    /// <summary>
    /// True after an attempt that failed because the output had no room (and not because the input was
    /// empty).
    /// </summary>
    public bool OutputBlocked { get; private set; }

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        while (Progress < count)
        {
            // What keeps messages apart gives one, whole.
            bool isMessage = input.KeepsMessages;
            int limit = isMessage ? StagingBuffer.MaximumMessage : StagingBuffer.ChunkSize;
            using var staging = new StagingBuffer((int)Math.Min(count - Progress, limit));
            OutputBlocked = false;
            if (!Read(task, staging.Span).TryGet(out int got, out Errno error))
            {
                return Progress > 0 ? Progress : error;
            }

            if (got == 0)
            {
                break;
            }

            Result<int> written = outOffset is { } at
                ? output.WriteAt(task, staging.Span[..got], at + Progress)
                : output.Write(task, staging.Span[..got]);
            int moved = written.IsOk ? written.Value : 0;
            Settle(task, staging.Span, got, moved);
            Progress += moved;
            if (!written.IsOk)
            {
                return Fail(task, written.Error);
            }

            if (isMessage || (moved < got && outOffset is not null))
            {
                break;
            }
        }

        return Progress;
    }

    private readonly Result<int> Read(Task task, Span<byte> buffer)
    {
        if (inOffset is { } at)
        {
            return input.ReadAt(task, buffer, at + Progress);
        }

        return input is PipeFile pipe ? pipe.Buffer.Peek(buffer) : input.Read(task, buffer);
    }

    // Takes from the input exactly what went out.
    private readonly void Settle(Task task, Span<byte> staging, int got, int moved)
    {
        if (inOffset is not null)
        {
            return;
        }

        if (input is PipeFile pipe)
        {
            _ = pipe.Buffer.Read(staging[..moved]);
        }
        else if (moved < got)
        {
            _ = input.Seek(task, moved - got, 1);
        }
    }

    private Result<long> Fail(Task task, Errno error)
    {
        if (error == Errno.EAGAIN)
        {
            OutputBlocked = true;
            return Progress > 0 ? Progress : error;
        }

        if (error == Errno.EPIPE)
        {
            PipeSignal.SignalPipe(task);
        }

        return Progress > 0 ? Progress : error;
    }
}
