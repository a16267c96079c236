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
        using var reference = new SocketReference(task, fd);
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        Errno error = GuestSegments.FromBuffer(buffer, length, out GuestSegments segments);
        Ancillary ancillary = default;
        if (error == Errno.Success && !address.IsNull)
        {
            error = ReadAddress(task, address.Address, addressLength, ref ancillary);
        }

        return error != Errno.Success ? error : Send(task, socket, segments, ancillary, flags);
    }

    /// <summary>recvfrom(2).</summary>
    [Syscall("recvfrom")]
    public static SysResult ReceiveFrom(
        Task task, int fd, GuestBuffer buffer, ulong length, MessageFlags flags, GuestBuffer address,
        GuestPtr<int> addressLength)
    {
        using var reference = new SocketReference(task, fd);
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        Errno error = GuestSegments.FromBuffer(buffer, length, out GuestSegments segments);
        if (error != Errno.Success)
        {
            return error;
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
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        Errno error = header.Read(task.Memory, out MessageHeader message);
        return error != Errno.Success ? error : SendOne(task, socket, message, flags);
    }

    /// <summary>recvmsg(2).</summary>
    [Syscall("recvmsg")]
    public static SysResult ReceiveMessage(Task task, int fd, [Input] GuestPtr<MessageHeader> header,
        MessageFlags flags)
    {
        using var reference = new SocketReference(task, fd);
        if (reference.Socket is not { } socket)
        {
            return reference.Error;
        }

        Errno error = header.Read(task.Memory, out MessageHeader message);
        if (error != Errno.Success)
        {
            return error;
        }

        SysResult result = ReceiveOne(task, socket, ref message, flags);
        error = result.IsError ? Errno.Success : header.Write(task.Memory, message);
        return error != Errno.Success ? error : result;
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
            var pointer = new GuestPtr<MultiMessageHeader>(headers.Address + ((ulong)done * 64));
            Errno error = pointer.Read(task.Memory, out MultiMessageHeader message);
            result = error != Errno.Success ? error : SendOne(task, socket, message.Header, flags);
            if (result.IsError)
            {
                break;
            }

            message.Length = (uint)result.Raw;
            error = pointer.Write(task.Memory, message);
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
            var pointer = new GuestPtr<MultiMessageHeader>(headers.Address + ((ulong)done * 64));
            error = pointer.Read(task.Memory, out MultiMessageHeader message);
            result = error != Errno.Success ? error : ReceiveOne(task, socket, ref message.Header, now);
            if (result.IsError)
            {
                break;
            }

            message.Length = (uint)result.Raw;
            error = pointer.Write(task.Memory, message);
            if (error != Errno.Success)
            {
                result = error;
                break;
            }
        }

        return done > 0 ? done : result;
    }

    private static SysResult SendOne(Task task, Socket socket, in MessageHeader message, MessageFlags flags)
    {
        Errno error = GuestSegments.FromVectors(
            task.Memory, new GuestPtr<IoVector>(message.Vectors), message.VectorCount,
            out GuestSegments segments);
        if (error != Errno.Success)
        {
            return message.VectorCount > GuestSegments.MaximumVectors ? Errno.EMSGSIZE : error;
        }

        Ancillary ancillary = default;
        if (message.Name != 0 && message.NameLength != 0)
        {
            error = ReadAddress(task, message.Name, Math.Min(message.NameLength, SocketAddress.MaximumLength),
                ref ancillary);
        }

        error = error != Errno.Success
            ? error : ControlReader.Read(task, message.Control, message.ControlLength, ref ancillary);
        return error != Errno.Success ? error : Send(task, socket, segments, ancillary, flags);
    }

    private static SysResult ReceiveOne(Task task, Socket socket, ref MessageHeader message,
        MessageFlags flags)
    {
        Errno error = GuestSegments.FromVectors(
            task.Memory, new GuestPtr<IoVector>(message.Vectors), message.VectorCount,
            out GuestSegments segments);
        if (error != Errno.Success)
        {
            return message.VectorCount > GuestSegments.MaximumVectors ? Errno.EMSGSIZE : error;
        }

        Result<long> result = Receive(task, socket, segments, flags, out Ancillary ancillary);
        if (!result.IsOk)
        {
            ancillary.ReleaseFiles();
            return result;
        }

        if (message.Name != 0)
        {
            byte[] source = Source(ancillary);
            int room = Math.Clamp(message.NameLength, 0, source.Length);
            error = task.Memory.Write(message.Name, source.AsSpan(0, room));
            message.NameLength = source.Length;
        }

        var control = new ControlWriter(task, message.Control, message.Control == 0
            ? 0 : message.ControlLength);
        if (error == Errno.Success && socket.PassesCredentials)
        {
            error = control.WriteCredentials(ancillary.Sender);
        }

        if (ancillary.Files is { } files)
        {
            Errno written = control.WriteFiles(files, (flags & MessageFlags.CloseOnExec) != 0);
            error = error != Errno.Success ? error : written;
        }

        message.ControlLength = control.Used;
        message.Flags = (ancillary.Flags & MessageOnly) | control.Flags | (flags & MessageFlags.CloseOnExec);
        return error != Errno.Success ? error : result;
    }

    private static SysResult Send(
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

    private static Result<long> Receive(
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
