// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Rings;
using Moat.Abi.Sockets;
using Moat.Abi.Uio;
using Moat.Base;
using Moat.FileSystems.Pipes;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Sockets;
using Moat.Syscalls.Transfer;
using Moat.Vfs;
using Moat.Vfs.Notify;

namespace Moat.Syscalls.Rings;

/// <summary>Requests that move bytes or connect: files, sockets, splices.</summary>
internal static class RingTransfers
{
    // Bytes that one request moves where other processes' requests wait behind it.
    private const long MostDeferred = 16 << 20;

    /// <summary>READ, WRITE and their vector and fixed forms.</summary>
    internal static long Transfer(RingRequest request, Task? task)
    {
        ref SubmissionEntry entry = ref request.Entry;
        OpenFile file = request.File!;
        bool writes = entry.Operation is RingOperation.Write or RingOperation.WriteVectors
            or RingOperation.WriteFixed;
        request.Events = writes ? PollEvents.Writable : PollEvents.Readable;
        if (entry.Operation is RingOperation.ReadFixed or RingOperation.WriteFixed
            && RingBuffers.CheckFixed(request) != Errno.Success)
        {
            return -(long)Errno.EFAULT;
        }

        bool selects = (entry.Flags & RingEntryFlags.SelectBuffer) != 0;
        ProvidedBuffer chosen = default;
        ulong address = entry.Address;
        uint length = entry.Length;
        if (selects)
        {
            Errno none = entry.Operation != RingOperation.Read
                ? Errno.EINVAL : RingBuffers.Select(request, out chosen, out length);
            if (none != Errno.Success)
            {
                return -(long)none;
            }

            address = chosen.Address;
        }

        bool vectors = entry.Operation is RingOperation.ReadVectors or RingOperation.WriteVectors;
        Errno error = vectors
            ? GuestSegments.FromVectors(request.Actor.Memory, new GuestPtr<IoVector>(address), length,
                out GuestSegments segments)
            : GuestSegments.FromBuffer(new GuestBuffer(address), length, out segments);
        request.Wanted = segments.Remaining;
        if (task is null)
        {
            segments.Limit(MostDeferred);
        }

        bool isStream = file.WaitQueue is not null || entry.Offset == ulong.MaxValue;
        long? offset = isStream ? null : (long)entry.Offset;
        if (offset < 0)
        {
            error = Errno.EINVAL;
        }

        var flags = (ReadWriteFlags)entry.OperationFlags;
        SysResult result = error != Errno.Success && (writes ? file.CanWrite : file.CanRead) ? error
            : writes ? ReadWrite.Write(request.Actor, file, error, segments, offset, flags)
            : ReadWrite.Read(request.Actor, file, error, segments, offset, flags);
        if (selects)
        {
            RingBuffers.Settle(request, chosen, result.Raw);
        }

        if (result.Error == Errno.EPIPE && writes && task is not null)
        {
            PipeSignal.SignalPipe(task);
        }

        return result.Raw;
    }

    /// <summary>Requests on sockets.</summary>
    internal static long Socket(RingRequest request, Socket socket)
    {
        ref SubmissionEntry entry = ref request.Entry;
        Task actor = request.Actor;
        var flags = (MessageFlags)entry.OperationFlags;
        bool sends = entry.Operation is RingOperation.Send or RingOperation.SendMessage
            or RingOperation.Connect;
        request.Events = sends ? PollEvents.Writable : PollEvents.Readable;
        var header = new GuestPtr<MessageHeader>(entry.Address);
        switch (entry.Operation)
        {
            case RingOperation.Send:
                Errno error = GuestSegments.FromCutBuffer(
                    new GuestBuffer(entry.Address), entry.Length, out GuestSegments segments);
                return error != Errno.Success ? -(long)error : SocketMessages.Send(
                    actor, socket, segments, default, flags | MessageFlags.NoSignal).Raw;
            case RingOperation.Receive:
                return Receive(request, socket, flags);
            case RingOperation.SendMessage:
                return SocketMessages.SendOne(actor, socket, header, flags | MessageFlags.NoSignal).Raw;
            case RingOperation.ReceiveMessage:
                return (entry.Flags & RingEntryFlags.SelectBuffer) != 0 ? -(long)Errno.EINVAL
                    : SocketMessages.ReceiveOne(actor, socket, header, flags).Raw;
            case RingOperation.Accept:
                const SocketType Known = SocketType.NonBlock | SocketType.CloseOnExec;
                return entry.FileIndex != 0 || entry.Priority != 0
                    || ((SocketType)entry.OperationFlags & ~Known) != 0
                    ? -(long)Errno.EINVAL : SocketConnections.Accept(
                        actor, socket, new GuestBuffer(entry.Address), new GuestPtr<int>(entry.Offset),
                        (SocketType)entry.OperationFlags).Raw;
            case RingOperation.Connect:
                return SocketConnections.Connect(
                    actor, socket, new GuestBuffer(entry.Address), (int)entry.Offset).Raw;
            default:
                return -(long)socket.Shutdown((int)entry.Length);
        }
    }

    /// <summary>SPLICE and TEE; offsets are values here, -1 for none.</summary>
    internal static long Splice(RingRequest request)
    {
        const uint FixedInput = 1u << 31;
        const uint Known = 0xf;
        ref SubmissionEntry entry = ref request.Entry;
        uint flags = entry.OperationFlags;
        if ((flags & ~(Known | FixedInput)) != 0)
        {
            return -(long)Errno.EINVAL;
        }

        request.Input ??= RingCalls.Resolve(request, entry.FileIndex, (flags & FixedInput) != 0);
        if (request.Input is not { } from || request.File is not { } to || !from.CanRead || !to.CanWrite)
        {
            return -(long)Errno.EBADF;
        }

        long? inOffset = entry.Address == ulong.MaxValue ? null : (long)entry.Address;
        long? outOffset = entry.Offset == ulong.MaxValue ? null : (long)entry.Offset;
        bool tees = entry.Operation == RingOperation.Tee;
        bool samePipe = from is PipeFile one && to is PipeFile two && one.Buffer == two.Buffer;
        if (samePipe || (tees ? from is not PipeFile || to is not PipeFile
            : from is not PipeFile && to is not PipeFile))
        {
            return -(long)Errno.EINVAL;
        }

        if (!tees
            && ((from is PipeFile && inOffset is not null) || (to is PipeFile && outOffset is not null)))
        {
            return -(long)Errno.ESPIPE;
        }

        Errno denied = FilePermission.ToRead(request.Actor, from);
        if (denied != Errno.Success)
        {
            return -(long)denied;
        }

        Result<long> result;
        if (tees)
        {
            var tee = new TeeOperation(((PipeFile)from).Buffer, ((PipeFile)to).Buffer, entry.Length);
            result = tee.Attempt(request.Actor);
        }
        else
        {
            var copy = new CopyOperation(from, to, inOffset, outOffset,
                System.Math.Min(entry.Length, PipeBuffer.MaximumCapacity));
            result = copy.Attempt(request.Actor);
        }

        if (result.Error == Errno.EAGAIN)
        {
            bool starved = (from.Poll(request.Actor) & PollEvents.Readable) == 0;
            request.Blocked = starved || to.WaitQueue is null ? from : to;
            request.Events = request.Blocked == from ? PollEvents.Readable : PollEvents.Writable;
        }

        return result.IsOk ? result.Value : -(long)result.Error;
    }

    private static long Receive(RingRequest request, Socket socket, MessageFlags flags)
    {
        ref SubmissionEntry entry = ref request.Entry;
        bool selects = (entry.Flags & RingEntryFlags.SelectBuffer) != 0;
        ProvidedBuffer chosen = default;
        uint length = entry.Length;
        Errno error = selects ? RingBuffers.Select(request, out chosen, out length) : Errno.Success;
        if (error != Errno.Success)
        {
            return -(long)error;
        }

        error = GuestSegments.FromCutBuffer(
            new GuestBuffer(selects ? chosen.Address : entry.Address), length, out GuestSegments segments);
        if (error != Errno.Success)
        {
            if (selects)
            {
                RingBuffers.Settle(request, chosen, -(long)error);
            }

            return -(long)error;
        }

        Result<long> got =
            SocketMessages.Receive(request.Actor, socket, segments, flags, out Ancillary beside);
        beside.ReleaseFiles();
        long result = got.IsOk ? got.Value : -(long)got.Error;
        if (selects)
        {
            RingBuffers.Settle(request, chosen, result);
        }

        return result;
    }
}
