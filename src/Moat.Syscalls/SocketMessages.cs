// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Sockets;
using Moat.Abi.Uio;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Sockets;
using Moat.Syscalls.Sockets;
using Moat.Syscalls.Transfer;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>send(2), recv(2) and their kin.</summary>
public static class SocketMessages
{
    private const int MaximumMessages = 1024;
    private const MessageFlags MessageOnly = MessageFlags.Truncated | MessageFlags.ControlTruncated
        | MessageFlags.EndOfRecord;

    /// <summary>sendto(2).</summary>
    [Syscall("sendto")]
    public static SysResult SendTo(
        Task task, int fd, [Input("length")] GuestBuffer buffer, ulong length, MessageFlags flags,
        GuestBuffer address,
        int addressLength)
    {
        Errno error = GuestSegments.FromCutBuffer(buffer, length, out GuestSegments segments);
        if (error != Errno.Success)
        {
            return error;
        }

        using var reference = new SocketReference(task, fd);
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        Ancillary ancillary = default;
        error = ReadAddress(task, address.Address, addressLength, ref ancillary);
        return error != Errno.Success ? error : Send(task, socket, segments, ancillary, flags);
    }

    /// <summary>recvfrom(2).</summary>
    [Syscall("recvfrom")]
    public static SysResult ReceiveFrom(
        Task task, int fd, GuestBuffer buffer, ulong length, MessageFlags flags, GuestBuffer address,
        GuestPtr<int> addressLength)
    {
        Errno error = GuestSegments.FromCutBuffer(buffer, length, out GuestSegments segments);
        if (error != Errno.Success)
        {
            return error;
        }

        using var reference = new SocketReference(task, fd);
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        Result<long> result = Receive(task, socket, segments, flags, out Ancillary ancillary);
        ancillary.ReleaseFiles();
        if (result.IsOk && !address.IsNull)
        {
            error = SocketAddress.Write(task, Source(ancillary), address.Address, addressLength);
        }

        return error != Errno.Success ? error : result;
    }

    /// <summary>sendmsg(2).</summary>
    [Syscall("sendmsg")]
    public static SysResult SendMessage(Task task, int fd, [Input] GuestPtr<MessageHeader> header,
        MessageFlags flags)
    {
        using var reference = new SocketReference(task, fd);
        return reference.Socket is { } socket ? SendOne(task, socket, header, flags) : reference.Error;
    }

    /// <summary>recvmsg(2).</summary>
    [Syscall("recvmsg")]
    public static SysResult ReceiveMessage(Task task, int fd, [Input] GuestPtr<MessageHeader> header,
        MessageFlags flags)
    {
        using var reference = new SocketReference(task, fd);
        return reference.Socket is { } socket ? ReceiveOne(task, socket, header, flags) : reference.Error;
    }

    /// <summary>sendmmsg(2).</summary>
    [Syscall("sendmmsg")]
    public static SysResult SendMessages(
        Task task, int fd, GuestPtr<MultiMessageHeader> headers, uint count, MessageFlags flags)
    {
        using var reference = new SocketReference(task, fd);
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        int done = 0;
        SysResult result = 0;
        for (; done < Math.Min(count, MaximumMessages); done++)
        {
            ulong pointer = headers.Address + ((ulong)done * MultiMessageHeader.Size);
            result = SendOne(task, socket, new GuestPtr<MessageHeader>(pointer), flags);
            if (result.IsError)
            {
                break;
            }

            Errno error = task.Memory.Write(pointer + MultiMessageHeader.LengthOffset, (uint)result.Raw);
            if (error != Errno.Success)
            {
                result = error;
                break;
            }
        }

        return done > 0 ? done : result;
    }

    /// <summary>recvmmsg(2).</summary>
    [Syscall("recvmmsg")]
    public static SysResult ReceiveMessages(
        Task task, int fd, GuestPtr<MultiMessageHeader> headers, uint count, MessageFlags flags,
        GuestPtr<Timespec> timeout)
    {
        using var reference = new SocketReference(task, fd);
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        Errno error = Polling.Timeouts.Read(task, timeout, out Deadline deadline, out _);
        if (error != Errno.Success)
        {
            return error;
        }

        int done = 0;
        SysResult result = 0;
        for (; done < Math.Min(count, MaximumMessages); done++)
        {
            // The deadline is looked at between messages only, as Linux does (recvmmsg(2), BUGS).
            if (done > 0 && deadline.HasPassed)
            {
                break;
            }

            MessageFlags now = done > 0 && (flags & MessageFlags.WaitForOne) != 0
                ? flags | MessageFlags.DoNotWait : flags;
            ulong pointer = headers.Address + ((ulong)done * MultiMessageHeader.Size);
            result = ReceiveOne(task, socket, new GuestPtr<MessageHeader>(pointer), now);
            if (result.IsError)
            {
                break;
            }

            error = task.Memory.Write(pointer + MultiMessageHeader.LengthOffset, (uint)result.Raw);
            if (error != Errno.Success)
            {
                result = error;
                break;
            }
        }

        return done > 0 ? done : result;
    }

    internal static SysResult SendOne(Task task, Socket socket, GuestPtr<MessageHeader> header,
        MessageFlags flags)
    {
        Errno error = ReadHeader(task, header, out MessageHeader message);
        Ancillary ancillary = default;
        GuestSegments segments = default;
        error = error != Errno.Success
            ? error : ReadAddress(task, message.Name, message.NameLength, ref ancillary);
        error = error != Errno.Success ? error : ReadVectors(task, message, out segments);
        error = error != Errno.Success
            ? error : ControlReader.Read(task, message.Control, message.ControlLength, ref ancillary);
        return error != Errno.Success ? error : Send(task, socket, segments, ancillary, flags);
    }

    internal static SysResult ReceiveOne(Task task, Socket socket, GuestPtr<MessageHeader> header,
        MessageFlags flags)
    {
        Errno error = ReadHeader(task, header, out MessageHeader message);
        GuestSegments segments = default;
        error = error != Errno.Success ? error : ReadVectors(task, message, out segments);
        if (error != Errno.Success)
        {
            return error;
        }

        Result<long> result = Receive(task, socket, segments, flags, out Ancillary ancillary);
        if (!result.IsOk)
        {
            ancillary.ReleaseFiles();
            return result;
        }

        var control = new ControlWriter(task, message.Control, message.Control == 0
            ? 0 : message.ControlLength);
        if (socket.PassesCredentials)
        {
            control.WriteCredentials(PeerAsSeen.By(task, ancillary.Sender));
        }

        if (ancillary.Files is { } files)
        {
            control.WriteFiles(files.Arrive(), (flags & MessageFlags.CloseOnExec) != 0);
        }

        if (message.Name != 0)
        {
            // The room is read again, as Linux does: the bytes may have come over the header.
            var length = new GuestPtr<int>(header.Address + MessageHeader.NameLengthOffset);
            error = SocketAddress.Write(task, Source(ancillary), message.Name, length);
        }

        MessageFlags came = (ancillary.Flags & MessageOnly) | control.Flags
            | (flags & MessageFlags.CloseOnExec);
        error = error != Errno.Success ? error : task.Memory.Write(
            header.Address + MessageOutcome.Offset, new MessageOutcome(control.Used, came));
        return error != Errno.Success ? error : result;
    }

    // In the order of __copy_msghdr: what is wrong first is what is said.
    private static Errno ReadHeader(Task task, GuestPtr<MessageHeader> header, out MessageHeader message)
    {
        Errno error = header.Read(task.Memory, out message);
        if (message.Name != 0 && message.NameLength < 0)
        {
            return Errno.EINVAL;
        }

        message.NameLength = Math.Min(message.NameLength, SocketAddress.MaximumLength);
        return error;
    }

    private static Errno ReadVectors(Task task, in MessageHeader message, out GuestSegments segments)
    {
        segments = default;
        return message.VectorCount > GuestSegments.MaximumVectors
            ? Errno.EMSGSIZE
            : GuestSegments.FromVectors(
                task.Memory, new GuestPtr<IoVector>(message.Vectors), message.VectorCount, out segments);
    }

    internal static SysResult Send(
        Task task, Socket socket, in GuestSegments segments, Ancillary ancillary, MessageFlags flags)
    {
        if ((flags & MessageFlags.OutOfBand) != 0)
        {
            ancillary.ReleaseFiles();
            return Errno.EOPNOTSUPP;
        }

        var operation = new SendOperation(socket, segments, ancillary, flags);
        Result<long> result = SocketWait.Run(
            task, socket, PollEvents.Writable, flags, socket.SendTimeoutNs, ref operation);
        operation.Ancillary.ReleaseFiles();
        return result;
    }

    internal static Result<long> Receive(
        Task task, Socket socket, in GuestSegments segments, MessageFlags flags, out Ancillary ancillary)
    {
        ancillary = default;
        if ((flags & MessageFlags.OutOfBand) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        var operation = new ReceiveOperation(socket, segments, flags);
        Result<long> result = SocketWait.Run(
            task, socket, PollEvents.Readable, flags, socket.ReceiveTimeoutNs, ref operation);
        ancillary = operation.Ancillary;
        return result;
    }

    private static Errno ReadAddress(Task task, ulong address, int length, ref Ancillary ancillary)
    {
        if (address == 0 || length == 0)
        {
            return Errno.Success;
        }

        if (!SocketAddress.Read(task, address, length).TryGet(out byte[]? bytes, out Errno error))
        {
            return error;
        }

        ancillary.Address = bytes;
        return Errno.Success;
    }

    // A sender without a name has no address at all (unix(7)).
    private static byte[] Source(in Ancillary ancillary) =>
        ancillary.Address is { Length: > 2 } address ? address : [];
}
