// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Notify;

namespace Moat.Syscalls.Transfer;

/// <summary>
/// What the calls that copy between files share: offsets in guest memory and waiting for either side.
/// </summary>
internal static class FileCopy
{
    /// <summary>
    /// Copies, waiting for the side that is not ready; a null offset pointer means the file's position.
    /// </summary>
    internal static SysResult Run(
        Task task, OpenFile input, GuestPtr<long> inPointer, OpenFile output, GuestPtr<long> outPointer,
        long count,
        bool nonBlocking)
    {
        Errno error = ReadOffset(task, inPointer, out long? inOffset);
        error = error != Errno.Success ? error : ReadOffset(task, outPointer, out long? _);
        if (error != Errno.Success)
        {
            return error;
        }

        error = FilePermission.ToRead(task, input);
        if (error != Errno.Success)
        {
            return error;
        }

        _ = ReadOffset(task, outPointer, out long? outOffset);
        count = System.Math.Min(count, GuestSegments.MaximumCount);
        SetIdWatch before = SetIdWatch.Begin(output.Location);
        var operation = new CopyOperation(input, output, inOffset, outOffset, count);
        Result<long> result = Wait(task, input, output, nonBlocking, ref operation);
        if (result.TryGet(out long moved, out _) && moved > 0)
        {
            FileNotify.Accessed(input);
            FileNotify.Modified(output, before);
            error = WriteOffset(task, inPointer, inOffset, moved);
            error = error != Errno.Success ? error : WriteOffset(task, outPointer, outOffset, moved);
            return error != Errno.Success ? error : result;
        }

        return result;
    }

    private static Result<long> Wait(
        Task task, OpenFile input, OpenFile output, bool nonBlocking, ref CopyOperation operation)
    {
        while (true)
        {
            Result<long> result = operation.Attempt(task);
            if (result.Error != Errno.EAGAIN || nonBlocking)
            {
                return result;
            }

            OpenFile blocked = operation.OutputBlocked ? output : input;
            if (blocked.IsNonBlocking || blocked.WaitQueue is not { } queue)
            {
                return result;
            }

            var ready = new ReadyOperation(blocked, operation.OutputBlocked
                ? PollEvents.Writable : PollEvents.Readable);
            Result<long> waited = BlockingIo.Run(
                task, queue, ready.Events, ref ready, Deadline.Never);
            if (!waited.IsOk)
            {
                return waited;
            }
        }
    }

    private static Errno ReadOffset(Task task, GuestPtr<long> pointer, out long? offset)
    {
        offset = null;
        if (pointer.IsNull)
        {
            return Errno.Success;
        }

        Errno error = pointer.Read(task.Memory, out long value);
        offset = value;
        return error != Errno.Success ? error : value < 0 ? Errno.EINVAL : Errno.Success;
    }

    private static Errno WriteOffset(Task task, GuestPtr<long> pointer, long? offset, long moved) =>
        offset is { } start ? pointer.Write(task.Memory, start + moved) : Errno.Success;
}
