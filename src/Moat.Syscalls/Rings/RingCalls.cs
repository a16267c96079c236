// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Abi.Fcntl;
using Moat.Abi.Mman;
using Moat.Abi.Rings;
using Moat.Abi.Sockets;
using Moat.Abi.Stat;
using Moat.Abi.Uio;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Sockets;
using Moat.Syscalls.Transfer;
using Moat.Vfs;

namespace Moat.Syscalls.Rings;

/// <summary>What each operation does: one attempt, which ends with EAGAIN where a call would wait.</summary>
internal static class RingCalls
{
    /// <summary>Tries a request that a thread works on.</summary>
    /// <param name="request">The request.</param>
    /// <param name="task">Its submitter, in whose call this happens; null later.</param>
    /// <param name="isQueued">It has been tried before and hears of its file's events.</param>
    internal static long Run(RingRequest request, Task? task, bool isQueued)
    {
        ref SubmissionEntry entry = ref request.Entry;
        if (UsesFile(entry.Operation))
        {
            request.File ??= Resolve(request, entry.Fd, (entry.Flags & RingEntryFlags.FixedFile) != 0);
            request.Blocked ??= request.File;
            if (request.File is null)
            {
                return -(long)Errno.EBADF;
            }
        }

        switch (entry.Operation)
        {
            case RingOperation.Nothing:
                return 0;
            case RingOperation.Timeout:
                return RingControl.Timeout(request);
            case RingOperation.TimeoutRemove:
                return RingControl.RemoveTimeout(request);
            case RingOperation.LinkTimeout:
                return -(long)Errno.EINVAL;
            case RingOperation.AsyncCancel:
                return RingControl.CancelOthers(request);
            case RingOperation.PollAdd:
                return RingControl.Poll(request, isQueued);
            case RingOperation.PollRemove:
                return RingControl.RemovePoll(request);
            case RingOperation.ProvideBuffers or RingOperation.RemoveBuffers:
                return RingBuffers.Change(request);
            case RingOperation.Splice or RingOperation.Tee:
                return RingTransfers.Splice(request);
            case RingOperation.Read or RingOperation.ReadVectors or RingOperation.ReadFixed
                or RingOperation.Write or RingOperation.WriteVectors or RingOperation.WriteFixed:
                return RingTransfers.Transfer(request, task);
            case RingOperation.Send or RingOperation.Receive or RingOperation.SendMessage
                or RingOperation.ReceiveMessage or RingOperation.Accept or RingOperation.Connect
                or RingOperation.Shutdown:
                return request.File is Socket socket
                    ? RingTransfers.Socket(request, socket) : -(long)Errno.ENOTSOCK;
            case RingOperation.AdviseMemory:
                return task is null ? -(long)Errno.EINVAL : -(long)task.AddressSpace.Advise(
                    task.Orders, entry.Address, entry.Length, (MemoryAdvice)entry.OperationFlags);
            default:
                return Plain(request.Actor, request.File, ref entry).Raw;
        }
    }

    /// <summary>True where EAGAIN is what the guest wants to hear.</summary>
    internal static bool NeverWaits(RingRequest request) => request.Entry.Operation switch
    {
        RingOperation.Read or RingOperation.ReadVectors or RingOperation.ReadFixed or RingOperation.Write
            or RingOperation.WriteVectors or RingOperation.WriteFixed =>
            (request.Entry.OperationFlags & (uint)ReadWriteFlags.NoWait) != 0,
        RingOperation.Send or RingOperation.Receive or RingOperation.SendMessage
            or RingOperation.ReceiveMessage =>
            (request.Entry.OperationFlags & (uint)MessageFlags.DoNotWait) != 0,
        RingOperation.Splice or RingOperation.Tee =>
            (request.Entry.OperationFlags & (uint)SpliceFlags.NonBlock) != 0,
        _ => false,
    };

    /// <summary>True when what is linked to a request is not to begin.</summary>
    internal static bool HasFailed(RingRequest request, long result)
    {
        ref SubmissionEntry entry = ref request.Entry;
        return entry.Operation switch
        {
            RingOperation.Read or RingOperation.Write or RingOperation.ReadFixed or RingOperation.WriteFixed
                => result != entry.Length,
            RingOperation.ReadVectors or RingOperation.WriteVectors
                => result != request.Wanted,
            RingOperation.Timeout when result == -(long)Errno.ETIME
                => (entry.OperationFlags & RingControl.ExpiryIsSuccess) == 0,
            _ => result < 0,
        };
    }

    /// <summary>A file with a reference for the caller; null for none.</summary>
    internal static OpenFile? Resolve(RingRequest request, int fd, bool isFixed) =>
        isFixed ? request.Ring.Files.Get(fd)
            : request.Actor.Files.Get(fd).TryGet(out OpenFile? file, out _) ? file : null;

    private static bool UsesFile(RingOperation operation) => operation is
        RingOperation.Read or RingOperation.ReadVectors or RingOperation.ReadFixed or RingOperation.Write
        or RingOperation.WriteVectors or RingOperation.WriteFixed or RingOperation.Sync
        or RingOperation.PollAdd or RingOperation.SyncRange or RingOperation.SendMessage
        or RingOperation.ReceiveMessage or RingOperation.Send or RingOperation.Receive
        or RingOperation.Accept or RingOperation.Connect or RingOperation.Allocate
        or RingOperation.AdviseFile or RingOperation.Splice or RingOperation.Tee or RingOperation.Shutdown;

    /// <summary>Operations that are a system call each and do not wait.</summary>
    private static SysResult Plain(Task actor, OpenFile? file, ref SubmissionEntry entry)
    {
        var path = new GuestString(entry.Address);
        var second = new GuestString(entry.Offset);
        switch (entry.Operation)
        {
            case RingOperation.Sync:
                return entry.OperationFlags > 1 || entry.Address != 0
                    ? Errno.EINVAL : file!.Sync(actor, dataOnly: entry.OperationFlags != 0);
            case RingOperation.SyncRange:
                return FileData.SyncRange(
                    actor, file!, (long)entry.Offset, entry.Length, entry.OperationFlags);
            case RingOperation.Allocate:
                return FileData.Allocate(
                    actor, file, (int)entry.Length, (long)entry.Offset, (long)entry.Address);
            case RingOperation.AdviseFile:
                return FileData.Advise(file, entry.Length, (int)entry.OperationFlags);
            case RingOperation.OpenAt when entry.FileIndex == 0:
                return Open.OpenAt(actor, entry.Fd, path, (OpenFlags)entry.OperationFlags, entry.Length);
            case RingOperation.OpenAt2 when entry.FileIndex == 0:
                return Open.OpenAt2(actor, entry.Fd, path, new GuestBuffer(entry.Offset), entry.Length);
            case RingOperation.Close:
                return Close(actor, entry);
            case RingOperation.Statx:
                return Stat.Statx(actor, entry.Fd, path, (AtFlags)entry.OperationFlags,
                    (StatxMask)entry.Length, new GuestPtr<ExtendedStatus>(entry.Offset));
            case RingOperation.EpollControl:
                return Epoll.Control(actor, entry.Fd, (EpollOperation)entry.Length, (int)entry.Offset,
                    new GuestPtr<EpollEvent>(entry.Address));
            case RingOperation.RenameAt:
                return Names.RenameAt2(actor, entry.Fd, path, (int)entry.Length, second,
                    (RenameFlags)entry.OperationFlags);
            case RingOperation.UnlinkAt:
                return Names.UnlinkAt(actor, entry.Fd, path, (AtFlags)entry.OperationFlags);
            case RingOperation.MakeDirectoryAt:
                return Names.MakeDirectoryAt(actor, entry.Fd, path, entry.Length);
            case RingOperation.SymlinkAt:
                return Names.SymlinkAt(actor, path, entry.Fd, second);
            case RingOperation.LinkAt:
                return Names.LinkAt(actor, entry.Fd, path, (int)entry.Length, second,
                    (AtFlags)entry.OperationFlags);
            case RingOperation.Socket when entry.FileIndex == 0 && entry.OperationFlags == 0:
                return SocketCreate.Create(
                    actor, (AddressFamily)entry.Fd, (SocketType)entry.Offset, (int)entry.Length);
            default:
                return Errno.EINVAL;
        }
    }

    private static SysResult Close(Task actor, in SubmissionEntry entry)
    {
        if (entry.Offset != 0 || entry.Address != 0 || entry.Length != 0 || entry.OperationFlags != 0
            || entry.Buffer != 0 || entry.FileIndex != 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = actor.Files.BorrowAny(entry.Fd);
        return reference.File is RingFile ? Errno.EBADF : actor.Files.Close(actor, entry.Fd);
    }
}
