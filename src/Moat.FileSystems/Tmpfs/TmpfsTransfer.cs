// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems.Tmpfs;

/// <summary>
/// Copies between the chunks of a file and a caller's buffers, without the file's lock and without a buffer
/// in between.
/// </summary>
internal static class TmpfsTransfer
{
    /// <summary>
    /// Delivers what there is; less than the length at the end of the file, at a hole without a chunk, or
    /// before a fault. EOPNOTSUPP when nothing can be delivered like this.
    /// </summary>
    internal static Result<int> Read(TmpfsFile file, CallerBuffers target, int length, long offset)
    {
        int done = 0;
        while (done < length)
        {
            int piece = length - done;
            if (file.BorrowForRead(offset + done, ref piece) is not { } chunk)
            {
                return piece == 0 || done > 0 ? done : Errno.EOPNOTSUPP;
            }

            int start = (int)((offset + done) % PageChunk.Size);
            int copied = target.CopyOut(chunk.Slice(start, piece));
            chunk.Release();
            done += copied;
            if (copied < piece)
            {
                return done > 0 ? done : Errno.EFAULT;
            }
        }

        return done;
    }

    /// <summary>
    /// Takes what comes; less than the length before a fault, or when there is no more room. EOPNOTSUPP when
    /// nothing can be taken like this.
    /// </summary>
    internal static Result<int> Write(
        Caller caller, TmpfsFile file, CallerBuffers source, int length, long offset)
    {
        if (offset > long.MaxValue - length)
        {
            return Errno.EFBIG;
        }

        int done = 0;
        while (done < length)
        {
            int piece = length - done;
            Result<PageChunk> borrowed = file.BorrowForWrite(caller, offset + done, ref piece);
            if (!borrowed.TryGet(out PageChunk? chunk, out Errno error))
            {
                return done > 0 ? done : error;
            }

            int start = (int)((offset + done) % PageChunk.Size);
            int copied = source.CopyIn(chunk.Slice(start, piece));
            Result<int> written = file.CommitWrite(caller, chunk, offset + done, copied);
            if (!written.IsOk)
            {
                return done > 0 ? done : written.Error;
            }

            done += written.Value;
            if (written.Value < piece)
            {
                return done > 0 ? done : Errno.EFAULT;
            }
        }

        return done;
    }
}
