// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Locks;

namespace Moat.Syscalls.Paths;

/// <summary>The record locks of fcntl(2): F_GETLK, F_SETLK, F_SETLKW and their OFD forms.</summary>
internal static class RecordLocks
{
    private const int SeekCurrent = 1;
    private const int SeekEnd = 2;

    internal static SysResult Control(Task task, OpenFile file, FcntlCommand command, ulong argument)
    {
        var pointer = new GuestPtr<FileLock>(argument);
        Errno error = pointer.Read(task.Memory, out FileLock request);
        if (error != Errno.Success)
        {
            return error;
        }

        bool isFile = command is FcntlCommand.GetFileLock or FcntlCommand.SetFileLock
            or FcntlCommand.SetFileLockWait;
        if (isFile && request.Pid != 0)
        {
            return Errno.EINVAL;
        }

        if (!Decode(task, file, request, isFile).TryGet(out RangeLock wanted, out error))
        {
            return error;
        }

        if (file.Location is not { } place)
        {
            return Errno.EBADF;
        }

        FileLocks locks = place.Inode.Locks;
        if (command is FcntlCommand.GetLock or FcntlCommand.GetFileLock)
        {
            return Test(task, locks, wanted, request, pointer);
        }

        if ((wanted.Mode == LockMode.Shared && !file.CanRead)
            || (wanted.Mode == LockMode.Exclusive && !file.CanWrite))
        {
            return Errno.EBADF;
        }

        bool wait = command is FcntlCommand.SetLockWait or FcntlCommand.SetFileLockWait;
        var attempt = new RangeLockWait(locks, wanted, wait);
        SysResult result = BlockingIo.Run(
            task, wait ? locks.WaitQueue : null, PollEvents.All, ref attempt, Deadline.Never);
        attempt.End(task);
        return result;
    }

    private static SysResult Test(
        Task task, FileLocks locks, in RangeLock wanted, FileLock request, GuestPtr<FileLock> pointer)
    {
        if (wanted.Mode == LockMode.None)
        {
            return Errno.EINVAL;
        }

        if (locks.TryFindConflict(wanted, out RangeLock held))
        {
            request.Type = (LockType)held.Mode;
            request.Whence = 0;
            request.Start = held.Start;
            request.Length = held.End == long.MaxValue ? 0 : held.End - held.Start + 1;
            request.Pid = held.ProcessId > 0 ? task.ShowProcess(held.ProcessId) : held.ProcessId;
        }
        else
        {
            request.Type = LockType.Unlock;
        }

        return pointer.Write(task.Memory, request);
    }

    private static Result<RangeLock> Decode(Task task, OpenFile file, in FileLock request, bool isFile)
    {
        if (request.Type is < LockType.Read or > LockType.Unlock)
        {
            return Errno.EINVAL;
        }

        long start = 0;
        Errno error = Errno.Success;
        switch (request.Whence)
        {
            case 0:
                break;
            case SeekCurrent:
                _ = file.Seek(task, 0, SeekCurrent).TryGet(out start, out error);
                break;
            case SeekEnd:
                Result<InodeAttributes> attributes = file.GetAttributes();
                (start, error) = (attributes.Value.Size, attributes.Error);
                break;
            default:
                return Errno.EINVAL;
        }

        if (error != Errno.Success)
        {
            return error;
        }

        if (request.Start > long.MaxValue - start)
        {
            return Errno.EOVERFLOW;
        }

        start += request.Start;
        if (start < 0)
        {
            return Errno.EINVAL;
        }

        long end = long.MaxValue;
        if (request.Length > 0)
        {
            if (request.Length - 1 > long.MaxValue - start)
            {
                return Errno.EOVERFLOW;
            }

            end = start + request.Length - 1;
        }
        else if (request.Length < 0)
        {
            // A negative length means the bytes before the start.
            if (start + request.Length < 0)
            {
                return Errno.EINVAL;
            }

            (start, end) = (start + request.Length, start - 1);
        }

        object owner = isFile ? file : task.Files;
        int process = isFile ? -1 : task.Group.ProcessId;
        return new RangeLock(owner, process, (LockMode)request.Type, start, end, file);
    }
}
