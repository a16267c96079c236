// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Uio;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Transfer;
using Moat.Vfs;
using Moat.Vfs.Notify;

namespace Moat.Syscalls;

/// <summary>read(2), write(2), readv(2), pread(2), lseek(2) and their kin.</summary>
public static class ReadWrite
{
    internal const ReadWriteFlags KnownFlags = ReadWriteFlags.HighPriority | ReadWriteFlags.DataSync
        | ReadWriteFlags.Sync
        | ReadWriteFlags.NoWait | ReadWriteFlags.Append;

    /// <summary>read(2).</summary>
    [Syscall("read")]
    public static SysResult Read(Task task, int fd, GuestBuffer buffer, ulong count)
    {
        using FileReference reference = task.Files.Borrow(fd);
        Errno error = GuestSegments.FromBuffer(buffer, count, out GuestSegments segments);
        return Read(task, reference.File, error, segments, null, 0);
    }

    /// <summary>write(2).</summary>
    [Syscall("write")]
    public static SysResult Write(Task task, int fd, [Input("count")] GuestBuffer buffer, ulong count)
    {
        using FileReference reference = task.Files.Borrow(fd);
        Errno error = GuestSegments.FromBuffer(buffer, count, out GuestSegments segments);
        return Write(task, reference.File, error, segments, null, 0);
    }

    /// <summary>pread(2).</summary>
    [Syscall("pread64")]
    public static SysResult Pread(Task task, int fd, GuestBuffer buffer, ulong count, long offset)
    {
        if (offset < 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        Errno error = GuestSegments.FromBuffer(buffer, count, out GuestSegments segments);
        return Read(task, reference.File, error, segments, offset, 0);
    }

    /// <summary>pwrite(2).</summary>
    [Syscall("pwrite64")]
    public static SysResult Pwrite(Task task, int fd, [Input("count")] GuestBuffer buffer, ulong count,
        long offset)
    {
        if (offset < 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        Errno error = GuestSegments.FromBuffer(buffer, count, out GuestSegments segments);
        return Write(task, reference.File, error, segments, offset, 0);
    }

    /// <summary>readv(2).</summary>
    [Syscall("readv")]
    public static SysResult Readv(Task task, int fd, [Input("count")] GuestPtr<IoVector> vectors, ulong count)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return ReadVectors(task, reference.File, vectors, count, null, 0);
    }

    /// <summary>writev(2).</summary>
    [Syscall("writev")]
    public static SysResult Writev(Task task, int fd, [Input("count")] GuestPtr<IoVector> vectors,
        ulong count)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return WriteVectors(task, reference.File, vectors, count, null, 0);
    }

    /// <summary>preadv(2); the high half of the offset is for 32-bit callers.</summary>
    [Syscall("preadv")]
    public static SysResult Preadv(Task task, int fd, [Input("count")] GuestPtr<IoVector> vectors,
        ulong count, long offset,
        ulong high)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return offset < 0 ? Errno.EINVAL : ReadVectors(task, reference.File, vectors, count, offset, 0);
    }

    /// <summary>pwritev(2); the high half of the offset is for 32-bit callers.</summary>
    [Syscall("pwritev")]
    public static SysResult Pwritev(Task task, int fd, [Input("count")] GuestPtr<IoVector> vectors,
        ulong count, long offset,
        ulong high)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return offset < 0 ? Errno.EINVAL : WriteVectors(task, reference.File, vectors, count, offset, 0);
    }

    /// <summary>preadv2(2); offset -1 is the file's position.</summary>
    [Syscall("preadv2")]
    public static SysResult Preadv2(
        Task task, int fd, GuestPtr<IoVector> vectors, ulong count, long offset, ulong high,
        ReadWriteFlags flags)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return offset < -1
            ? Errno.EINVAL
            : ReadVectors(task, reference.File, vectors, count, offset == -1 ? null : offset, flags);
    }

    /// <summary>pwritev2(2); offset -1 is the file's position.</summary>
    [Syscall("pwritev2")]
    public static SysResult Pwritev2(
        Task task, int fd, GuestPtr<IoVector> vectors, ulong count, long offset, ulong high,
        ReadWriteFlags flags)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return offset < -1
            ? Errno.EINVAL
            : WriteVectors(task, reference.File, vectors, count, offset == -1 ? null : offset, flags);
    }

    /// <summary>lseek(2).</summary>
    [Syscall("lseek")]
    public static SysResult Seek(Task task, int fd, long offset, int whence)
    {
        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        return whence is < 0 or > 4 ? Errno.EINVAL : file.Seek(task, offset, whence);
    }

    private static SysResult ReadVectors(
        Task task, OpenFile? file, GuestPtr<IoVector> vectors, ulong count, long? offset,
        ReadWriteFlags flags)
    {
        if (file is null)
        {
            return Errno.EBADF;
        }

        Errno error = GuestSegments.FromVectors(task.Memory, vectors, count, out GuestSegments segments);
        return Read(task, file, error, segments, offset, flags);
    }

    private static SysResult WriteVectors(
        Task task, OpenFile? file, GuestPtr<IoVector> vectors, ulong count, long? offset,
        ReadWriteFlags flags)
    {
        if (file is null)
        {
            return Errno.EBADF;
        }

        Errno error = GuestSegments.FromVectors(task.Memory, vectors, count, out GuestSegments segments);
        return Write(task, file, error, segments, offset, flags);
    }

    internal static SysResult Read(
        Task task, OpenFile? file, Errno error, in GuestSegments segments, long? offset, ReadWriteFlags flags)
    {
        SysResult result = ReadFile(task, file, error, segments, offset, flags);
        if (file is not null)
        {
            task.Io.CountRead(result.Raw);
        }

        return result;
    }

    private static SysResult ReadFile(
        Task task, OpenFile? file, Errno error, in GuestSegments segments, long? offset, ReadWriteFlags flags)
    {
        if (file is null || !file.CanRead || error != Errno.Success)
        {
            return Refuse(task, file, file?.CanRead ?? false, error, offset);
        }

        if ((flags & ~KnownFlags) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        if (offset > long.MaxValue - segments.Remaining)
        {
            return Errno.EOVERFLOW;
        }

        if (file.AsksToRead && (segments.Remaining > 0 || !segments.IsVector))
        {
            error = FilePermission.ToRead(task, file);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        var operation = new ReadOperation(file, segments, offset);
        WaitQueue? queue = file.IsNonBlocking || (flags & ReadWriteFlags.NoWait) != 0 ? null : file.WaitQueue;
        ReadTiming timing = queue is null ? default : file.ReadTiming;
        if (timing.Minimum > 1)
        {
            return GatherOperation.Run(task, file, segments, queue, timing);
        }

        if (timing.FirstNs == 0)
        {
            Result<long> result =
                BlockingIo.Run(task, queue, PollEvents.Readable, ref operation, Deadline.Never);
            if (result.IsOk && (result.Value > 0 || segments.IsVector))
            {
                FileNotify.Accessed(file);
            }

            return result;
        }

        Deadline deadline = Deadline.After(timing.FirstNs);
        Result<long> timed = BlockingIo.Run(task, queue, PollEvents.Readable, ref operation, deadline);
        return timed.Error == Errno.EAGAIN ? 0L : timed;
    }

    // What has no positions says so before anything else is looked at (ksys_pread64).
    private static SysResult Refuse(Task task, OpenFile? file, bool allowed, Errno error, long? offset)
    {
        if (file is null)
        {
            return Errno.EBADF;
        }

        if (offset is { } at && file.ReadAt(task, default, at).Error == Errno.ESPIPE)
        {
            return Errno.ESPIPE;
        }

        return allowed ? error : Errno.EBADF;
    }

    internal static SysResult Write(
        Task task, OpenFile? file, Errno error, in GuestSegments segments, long? offset, ReadWriteFlags flags)
    {
        SysResult result = WriteFile(task, file, error, segments, offset, flags);
        if (file is not null)
        {
            task.Io.CountWrite(result.Raw);
        }

        return result;
    }

    private static SysResult WriteFile(
        Task task, OpenFile? file, Errno error, GuestSegments segments, long? offset, ReadWriteFlags flags)
    {
        if (file is null || !file.CanWrite || error != Errno.Success)
        {
            return Refuse(task, file, file?.CanWrite ?? false, error, offset);
        }

        if ((flags & ~KnownFlags) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        if (offset > long.MaxValue - segments.Remaining)
        {
            return Errno.EINVAL;
        }

        if ((flags & ReadWriteFlags.Append) != 0 && file.WaitQueue is null)
        {
            if (!file.GetAttributes(task).TryGet(out InodeAttributes attributes, out error))
            {
                return error;
            }

            offset = attributes.Size;
        }

        if (!FileSizeLimit.Allowed(task, file, offset, segments.Remaining).TryGet(out long allowed,
            out error))
        {
            return error;
        }

        segments.Limit(allowed);
        SetIdWatch before = SetIdWatch.Begin(file.Location);
        var operation = new WriteOperation(file, segments, offset);
        WaitQueue? queue = file.IsNonBlocking || (flags & ReadWriteFlags.NoWait) != 0 ? null : file.WaitQueue;
        Result<long> result = BlockingIo.Run(task, queue, PollEvents.Writable, ref operation, Deadline.Never);
        if (result.IsOk && (result.Value > 0 || segments.IsVector))
        {
            FileNotify.Modified(file, before);
        }

        if (result.IsOk && (flags & (ReadWriteFlags.Sync | ReadWriteFlags.DataSync)) != 0)
        {
            error = file.Sync(task, (flags & ReadWriteFlags.Sync) == 0);
            return error is Errno.Success or Errno.EINVAL ? result : error;
        }

        return result;
    }
}
