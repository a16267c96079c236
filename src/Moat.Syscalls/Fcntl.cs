// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.FileSystems.Events;
using Moat.FileSystems.Memory;
using Moat.FileSystems.Pipes;
using Moat.Kernel.Tasks;
using Moat.Syscalls.Paths;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>fcntl(2).</summary>
public static class Fcntl
{
    private const ulong FdCloseOnExec = 1;
    private const int MostSealTries = 50;

    /// <summary>fcntl(2).</summary>
    [Syscall("fcntl")]
    public static SysResult Control(Task task, int fd, FcntlCommand command, ulong argument)
    {
        using FileReference reference = task.Files.BorrowAny(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        switch (command)
        {
            case FcntlCommand.Duplicate:
            case FcntlCommand.DuplicateCloseOnExec:
                return argument >= (ulong)task.Files.Limit
                    ? Errno.EINVAL
                    : Descriptors.Duplicate(task, fd, (int)argument,
                    command == FcntlCommand.DuplicateCloseOnExec);
            case FcntlCommand.GetDescriptorFlags:
                return task.Files.GetCloseOnExec(fd).TryGet(out bool marked, out Errno error)
                    ? (marked ? 1 : 0)
                    : error;
            case FcntlCommand.SetDescriptorFlags:
                return task.Files.SetCloseOnExec(fd, (argument & FdCloseOnExec) != 0);
            case FcntlCommand.GetStatusFlags:
                return (int)file.Flags;
            case FcntlCommand.DuplicateQuery:
                using (FileReference other = task.Files.BorrowAny((int)argument))
                {
                    return other.File is null ? Errno.EBADF : other.File == file ? 1 : 0;
                }
        }

        return (file.Flags & OpenFlags.Path) != 0 ? Errno.EBADF
            : ControlFile(task, fd, file, command, argument);
    }

    private static SysResult ControlFile(
        Task task, int fd, OpenFile file, FcntlCommand command, ulong argument)
    {
        switch (command)
        {
            case FcntlCommand.SetStatusFlags:
                return SetFlags(task, fd, file, (OpenFlags)(int)argument);
            case FcntlCommand.GetOwner or FcntlCommand.SetOwner or FcntlCommand.GetOwnerEx
                or FcntlCommand.SetOwnerEx or FcntlCommand.GetOwnerUids or FcntlCommand.GetSignal
                or FcntlCommand.SetSignal:
                return FileOwners.Control(task, file, command, argument);
            case FcntlCommand.SetLease:
                return LeaseCalls.Set(task, file, fd, (int)argument);
            case FcntlCommand.GetLease:
                return LeaseCalls.Get(file);
            case FcntlCommand.Notify:
                return DirectorySignal.Set(task, file, fd, (uint)argument);
            case FcntlCommand.GetLock or FcntlCommand.SetLock or FcntlCommand.SetLockWait:
            case FcntlCommand.GetFileLock or FcntlCommand.SetFileLock or FcntlCommand.SetFileLockWait:
                return RecordLocks.Control(task, file, command, argument);
            case FcntlCommand.GetPipeSize:
                return file is PipeFile pipe ? pipe.Buffer.Capacity : Errno.EBADF;
            case FcntlCommand.SetPipeSize:
                return file is PipeFile sized
                    ? sized.Buffer.SetCapacity((uint)argument, task.Credentials.Has(Capability.SysResource))
                    : Errno.EBADF;
            case FcntlCommand.AddSeals:
                return file is MemfdFile sealable ? AddSeals(task, sealable, (uint)argument) : Errno.EINVAL;
            case FcntlCommand.GetSeals:
                return file is MemfdFile memory ? memory.GetSeals() : Errno.EINVAL;
            default:
                return Errno.EINVAL;
        }
    }

    // O_ASYNC stays off where a file has nothing to tell.
    private static Errno SetFlags(Task task, int fd, OpenFile file, OpenFlags flags)
    {
        Errno error = file.SetFlags(flags);
        if (error == Errno.Success)
        {
            _ = AsyncSignal.Set(task, file, fd, (flags & OpenFlags.Async) != 0);
        }

        return error;
    }

    // A process that is gone for the guest may still be mapping the file on the host, for a moment.
    private static Errno AddSeals(Task task, MemfdFile file, uint seals)
    {
        Errno error = file.AddSeals(seals);
        for (int tries = 0; error == Errno.EBUSY && tries < MostSealTries; tries++)
        {
            if (!task.Kernel.Stubs.AreProcessesEnding)
            {
                break;
            }

            if (task.Block(Deadline.After(1_000_000)) == BlockResult.Interrupted)
            {
                return Errno.ERESTARTNOINTR;
            }

            error = file.AddSeals(seals);
        }

        return error;
    }
}
