// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.FileSystems.Pipes;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Transfer;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>sendfile(2), splice(2), tee(2), copy_file_range(2).</summary>
public static class CopyFiles
{
    private const SpliceFlags KnownFlags =
        SpliceFlags.Move | SpliceFlags.NonBlock | SpliceFlags.More | SpliceFlags.Gift;

    /// <summary>sendfile(2).</summary>
    [Syscall("sendfile")]
    public static SysResult SendFile(Task task, int outFd, int inFd, [Input] GuestPtr<long> offset,
        ulong count)
    {
        using FileReference input = task.Files.Borrow(inFd);
        using FileReference output = task.Files.Borrow(outFd);
        if (input.File is not { } from || output.File is not { } to || !from.CanRead || !to.CanWrite)
        {
            return Errno.EBADF;
        }

        if (!offset.IsNull && from.WaitQueue is not null)
        {
            return Errno.ESPIPE;
        }

        if (from.WaitQueue is not null || (to.Flags & OpenFlags.Append) != 0 || (long)count < 0)
        {
            return Errno.EINVAL;
        }

        return Counted(task, FileCopy.Run(task, from, offset, to, default, (long)count, nonBlocking: false));
    }

    /// <summary>splice(2).</summary>
    [Syscall("splice")]
    public static SysResult Splice(
        Task task, int inFd, GuestPtr<long> inOffset, int outFd, GuestPtr<long> outOffset, ulong count,
        SpliceFlags flags)
    {
        if (count == 0)
        {
            return 0;
        }

        if ((flags & ~KnownFlags) != 0)
        {
            return Errno.EINVAL;
        }

        using FileReference input = task.Files.Borrow(inFd);
        using FileReference output = task.Files.Borrow(outFd);
        if (input.File is not { } from || output.File is not { } to || !from.CanRead || !to.CanWrite)
        {
            return Errno.EBADF;
        }

        if ((from is PipeFile && !inOffset.IsNull) || (to is PipeFile && !outOffset.IsNull))
        {
            return Errno.ESPIPE;
        }

        bool samePipe = from is PipeFile one && to is PipeFile two && one.Buffer == two.Buffer;
        if ((from is not PipeFile && to is not PipeFile) || samePipe || (to.Flags & OpenFlags.Append) != 0)
        {
            return Errno.EINVAL;
        }

        // From a pipe as much as there is; Linux ends a splice once something went.
        long limit = Math.Min((long)Math.Min(count, long.MaxValue), PipeBuffer.MaximumCapacity);
        return FileCopy.Run(task, from, inOffset, to, outOffset, limit, (flags & SpliceFlags.NonBlock) != 0);
    }

    /// <summary>tee(2).</summary>
    [Syscall("tee")]
    public static SysResult Tee(Task task, int inFd, int outFd, ulong count, SpliceFlags flags)
    {
        if ((flags & ~KnownFlags) != 0)
        {
            return Errno.EINVAL;
        }

        if (count == 0)
        {
            return 0;
        }

        using FileReference input = task.Files.Borrow(inFd);
        using FileReference output = task.Files.Borrow(outFd);
        if (input.File is null || output.File is null)
        {
            return Errno.EBADF;
        }

        if (input.File is not PipeFile from || output.File is not PipeFile to || from.Buffer == to.Buffer)
        {
            return Errno.EINVAL;
        }

        if (!from.CanRead || !to.CanWrite)
        {
            return Errno.EBADF;
        }

        var operation = new TeeOperation(from.Buffer, to.Buffer, (long)Math.Min(count, long.MaxValue));
        bool nonBlocking = (flags & SpliceFlags.NonBlock) != 0 || from.IsNonBlocking || to.IsNonBlocking;
        while (true)
        {
            Result<long> result = operation.Attempt(task);
            if (result.Error != Errno.EAGAIN || nonBlocking)
            {
                return result;
            }

            bool empty = from.Buffer.Available == 0;
            var ready = new ReadyOperation(empty ? from : to, empty
                ? PollEvents.Readable : PollEvents.Writable);
            result = BlockingIo.Run(
                task, empty ? from.WaitQueue : to.WaitQueue, ready.Events, ref ready, Deadline.Never);
            if (!result.IsOk)
            {
                return result;
            }
        }
    }

    /// <summary>copy_file_range(2).</summary>
    [Syscall("copy_file_range")]
    public static SysResult CopyRange(
        Task task, int inFd, GuestPtr<long> inOffset, int outFd, GuestPtr<long> outOffset, ulong count,
        uint flags)
    {
        if (flags != 0)
        {
            return Errno.EINVAL;
        }

        using FileReference input = task.Files.Borrow(inFd);
        using FileReference output = task.Files.Borrow(outFd);
        if (input.File is not { } from || output.File is not { } to)
        {
            return Errno.EBADF;
        }

        if (!AreRegular(from, to, out Errno error))
        {
            return error;
        }

        if (!from.CanRead || !to.CanWrite || (to.Flags & OpenFlags.Append) != 0)
        {
            return Errno.EBADF;
        }

        if (SameFile(from, to) && Overlaps(task, from, inOffset, to, outOffset, count))
        {
            return Errno.EINVAL;
        }

        return Counted(task, FileCopy.Run(task, from, inOffset, to, outOffset,
            (long)Math.Min(count, long.MaxValue), nonBlocking: true));
    }

    /// <summary>vmsplice(2): copies, which is what the guest can tell of it.</summary>
    [Syscall("vmsplice")]
    public static SysResult VmSplice(
        Task task, int fd, GuestPtr<Abi.Uio.IoVector> vectors, ulong count, SpliceFlags flags)
    {
        if ((flags & ~KnownFlags) != 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not PipeFile pipe)
        {
            return Errno.EBADF;
        }

        return pipe.CanWrite
            ? ReadWrite.Writev(task, fd, vectors, count) : ReadWrite.Readv(task, fd, vectors, count);
    }

    // Both sides count, as for read and write.
    private static SysResult Counted(Task task, SysResult result)
    {
        task.Io.CountRead(result.Raw);
        task.Io.CountWrite(result.Raw);
        return result;
    }

    private static bool SameFile(OpenFile one, OpenFile two) =>
        one == two || (one.GetAttributes().TryGet(out InodeAttributes first, out _)
            && two.GetAttributes().TryGet(out InodeAttributes second, out _)
            && first.InodeNumber == second.InodeNumber && first.DeviceId == second.DeviceId);

    private static bool Overlaps(
        Task task, OpenFile from, GuestPtr<long> inOffset, OpenFile to, GuestPtr<long> outOffset, ulong count)
    {
        long source = Start(task, from, inOffset);
        long target = Start(task, to, outOffset);

        // What lies beyond the end is not copied, and does not overlap.
        long left = from.GetAttributes().TryGet(out InodeAttributes attributes, out _)
            ? Math.Max(0, attributes.Size - source) : 0;
        count = Math.Min(count, (ulong)left);
        return (ulong)Math.Abs(source - target) < count;
    }

    private static long Start(Task task, OpenFile file, GuestPtr<long> offset) =>
        offset.IsNull ? (file.Seek(task, 0, 1).TryGet(out long position, out _) ? position : 0)
            : offset.Read(task.Memory, out long given) == Errno.Success ? given : 0;

    // A directory on either side is what Linux complains of first.
    private static bool AreRegular(OpenFile from, OpenFile to, out Errno error)
    {
        if (!from.GetAttributes().TryGet(out InodeAttributes source, out error)
            || !to.GetAttributes().TryGet(out InodeAttributes target, out error))
        {
            return false;
        }

        FileType input = StatMode.TypeOf(source.Mode);
        FileType output = StatMode.TypeOf(target.Mode);
        error = input == FileType.Directory || output == FileType.Directory ? Errno.EISDIR
            : input != FileType.Regular || output != FileType.Regular ? Errno.EINVAL : Errno.Success;
        return error == Errno.Success;
    }
}
