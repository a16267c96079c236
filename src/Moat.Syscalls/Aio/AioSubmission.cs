// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Aio;
using Moat.Abi.Uio;
using Moat.Base;
using Moat.FileSystems.Events;
using Moat.Kernel.Aio;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Transfer;
using Moat.Vfs;

namespace Moat.Syscalls.Aio;

/// <summary>
/// One request of io_submit(2): checked, then made at once, or left waiting if it is a poll.
/// </summary>
/// <remarks>
/// Linux transfers the bytes of files that need the page cache before io_submit(2) returns, too.
/// </remarks>
internal static class AioSubmission
{
    /// <summary>Submits the iocb at an address.</summary>
    internal static Errno Submit(Task task, AioContext context, ulong address)
    {
        Errno error = task.Memory.Read(address, out AioRequest request);
        if (error != Errno.Success)
        {
            return error;
        }

        if (request.Reserved != 0 || (long)request.Length < 0)
        {
            return Errno.EINVAL;
        }

        error = context.Begin();
        if (error != Errno.Success)
        {
            return error;
        }

        error = Prepare(task, context, address, request);
        if (error != Errno.Success)
        {
            context.Abandon();
        }

        return error;
    }

    private static Errno Prepare(Task task, AioContext context, ulong address, in AioRequest request)
    {
        using FileReference reference = task.Files.Borrow(request.Fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        bool counts = (request.Flags & AioFlags.Event) != 0;
        using FileReference counter = counts ? task.Files.Borrow(request.EventFd) : default;
        if (counts && counter.File is not EventFile)
        {
            return counter.File is null ? Errno.EBADF : Errno.EINVAL;
        }

        Errno error = task.Memory.Write(address + 8, 0u);
        if (error != Errno.Success)
        {
            return error;
        }

        if (request.Command == AioCommand.Poll)
        {
            return Poll(task, context, file, counter.File, address, request);
        }

        error = Perform(task, file, request, out long result);
        if (error == Errno.Success)
        {
            context.Complete(new AioEvent(request.Data, address, result, 0));
            if (counter.File is { } event_)
            {
                AioEvents.Signal(task, event_);
            }
        }

        return error;
    }

    private static Errno Poll(
        Task task, AioContext context, OpenFile file, OpenFile? counter, ulong address, in AioRequest request)
    {
        if (request.Buffer > ushort.MaxValue || request.Offset != 0 || request.Length != 0
            || request.TransferFlags != 0)
        {
            return Errno.EINVAL;
        }

        file.AddReference();
        counter?.AddReference();
        new AioPoll(context, task, file, counter, address, request).Start();
        return Errno.Success;
    }

    private static Errno Perform(Task task, OpenFile file, in AioRequest request, out long result)
    {
        result = 0;
        switch (request.Command)
        {
            case AioCommand.Sync or AioCommand.DataSync:
                if (request.Buffer != 0 || request.Offset != 0 || request.Length != 0
                    || request.TransferFlags != 0)
                {
                    return Errno.EINVAL;
                }

                Errno error = file.Sync(task, request.Command == AioCommand.DataSync);
                result = -(long)error;
                return error == Errno.EINVAL ? error : Errno.Success;
            case AioCommand.Read or AioCommand.ReadVectors or AioCommand.Write or AioCommand.WriteVectors:
                return Transfer(task, file, request, out result);
            default:
                return Errno.EINVAL;
        }
    }

    private static Errno Transfer(Task task, OpenFile file, in AioRequest request, out long result)
    {
        result = 0;
        bool writes = request.Command is AioCommand.Write or AioCommand.WriteVectors;
        Errno error = CheckTransfer(file, request, writes);
        if (error != Errno.Success)
        {
            return error;
        }

        bool vectors = request.Command is AioCommand.ReadVectors or AioCommand.WriteVectors;
        error = vectors
            ? GuestSegments.FromVectors(task.Memory, new GuestPtr<IoVector>(request.Buffer), request.Length,
                out GuestSegments segments)
            : GuestSegments.FromBuffer(new GuestBuffer(request.Buffer), request.Length, out segments);
        long? offset = file.WaitQueue is null ? request.Offset : null;
        if (error != Errno.Success || offset < 0)
        {
            return error != Errno.Success ? error : Errno.EINVAL;
        }

        SysResult done = writes
            ? ReadWrite.Write(task, file, error, segments, offset, request.TransferFlags)
            : ReadWrite.Read(task, file, error, segments, offset, request.TransferFlags);
        bool interrupted = done.IsError && done.Error >= Errno.ERESTARTSYS;
        result = interrupted ? -(long)Errno.EINTR : done.Raw;
        return Errno.Success;
    }

    private static Errno CheckTransfer(OpenFile file, in AioRequest request, bool writes)
    {
        const int LargestClass = 3;
        if ((request.TransferFlags & ~ReadWrite.KnownFlags) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        if ((request.Flags & AioFlags.Priority) != 0
            && ((ushort)request.Priority >> 13 > LargestClass
            || ((ushort)request.Priority >> 13 == 0 && (request.Priority & 7) != 0)))
        {
            return Errno.EINVAL;
        }

        if (writes ? !file.CanWrite : !file.CanRead)
        {
            return Errno.EBADF;
        }

        return file.Location is { Inode.IsDirectory: true } ? Errno.EINVAL : Errno.Success;
    }
}
