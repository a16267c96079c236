// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Pipes;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls.Transfer;

/// <summary>Copies what one pipe holds into another without taking it.</summary>
internal readonly struct TeeOperation(PipeBuffer input, PipeBuffer output, long count) : IBlockingOperation
{
    /// <inheritdoc/>
    public long Progress => 0;

    /// <inheritdoc/>
    public Result<long> Attempt(Task task)
    {
        using var staging = new StagingBuffer((int)Math.Min(count, StagingBuffer.ChunkSize));
        if (!input.Peek(staging.Span).TryGet(out int got, out Errno error))
        {
            return error;
        }

        if (got == 0)
        {
            return 0;
        }

        if (output.Write(staging.Span[..got]).TryGet(out int written, out error))
        {
            return written;
        }

        if (error == Errno.EPIPE)
        {
            PipeSignal.SignalPipe(task);
        }

        return error;
    }
}
