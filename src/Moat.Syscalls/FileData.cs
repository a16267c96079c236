// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Syscalls.Transfer;
using Moat.Vfs;
using Moat.Vfs.Notify;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>
/// fsync(2), fdatasync(2), sync_file_range(2), ftruncate(2), fallocate(2), fadvise64, readahead.
/// </summary>
public static class FileData
{
    /// <summary>fsync(2).</summary>
    [Syscall("fsync")]
    public static SysResult Sync(Task task, int fd)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return reference.File?.Sync(task, dataOnly: false) ?? Errno.EBADF;
    }

    /// <summary>fdatasync(2).</summary>
    [Syscall("fdatasync")]
    public static SysResult SyncData(Task task, int fd)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return reference.File?.Sync(task, dataOnly: true) ?? Errno.EBADF;
    }

    /// <summary>sync_file_range(2): the whole file is written, which is more than was asked for.</summary>
    [Syscall("sync_file_range")]
    public static SysResult SyncRange(Task task, int fd, long offset, long length, uint flags)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return reference.File is { } file ? SyncRange(task, file, offset, length, flags) : Errno.EBADF;
    }

    internal static SysResult SyncRange(Task task, OpenFile file, long offset, long length, uint flags)
    {
        if ((flags & ~7u) != 0 || offset < 0 || length < 0 || offset > long.MaxValue - length)
        {
            return Errno.EINVAL;
        }

        Errno error = file.Sync(task, dataOnly: true);
        return error == Errno.EINVAL ? Errno.ESPIPE : error;
    }

    /// <summary>ftruncate(2).</summary>
    [Syscall("ftruncate")]
    public static SysResult Truncate(Task task, int fd, long length)
    {
        if (length < 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        if (!file.CanWrite)
        {
            return Errno.EINVAL;
        }

        SetIdWatch before = SetIdWatch.Begin(file.Location);
        Errno error = file.DeniesTruncate ? Errno.EACCES : FileSizeLimit.CheckSize(task, file, length);
        error = error == Errno.Success ? file.Truncate(task, length) : error;
        if (error == Errno.Success && file.Location is { } place)
        {
            FileNotify.Changed(place, InotifyMask.Modify | before.Lost);
        }

        return error;
    }

    /// <summary>fallocate(2).</summary>
    [Syscall("fallocate")]
    public static SysResult Allocate(Task task, int fd, int mode, long offset, long length)
    {
        if (offset < 0 || length <= 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        return Allocate(task, reference.File, mode, offset, length);
    }

    internal static SysResult Allocate(Task task, OpenFile? file, int mode, long offset, long length)
    {
        if (file is not null && !IsKnownMode((FallocateFlags)mode))
        {
            return Errno.EOPNOTSUPP;
        }

        if (file is null || !file.CanWrite)
        {
            return Errno.EBADF;
        }

        if (file.WaitQueue is not null)
        {
            return Errno.ESPIPE;
        }

        if (offset > long.MaxValue - length)
        {
            return Errno.EFBIG;
        }

        bool mayGrow = (mode & ~(int)FallocateFlags.ZeroRange) == 0;
        Errno error = mayGrow ? FileSizeLimit.CheckGrowth(task, file, offset + length) : Errno.Success;
        if (error != Errno.Success)
        {
            return error;
        }

        SetIdWatch before = SetIdWatch.Begin(file.Location);
        error = file.Allocate(task, mode, offset, length);
        if (error == Errno.Success && file.Location is { Inode.Type: FileType.Regular } place)
        {
            error = AttributeOperations.DropSetIds(task, place.Inode);
        }

        if (error == Errno.Success)
        {
            FileNotify.Modified(file, before);
        }

        return error;
    }

    // One thing at a time; a hole changes no size, what moves the rest of the file does.
    private static bool IsKnownMode(FallocateFlags mode)
    {
        bool keeps = (mode & FallocateFlags.KeepSize) != 0;
        return (mode & ~FallocateFlags.KeepSize) switch
        {
            0 or FallocateFlags.UnshareRange or FallocateFlags.ZeroRange => true,
            FallocateFlags.PunchHole => keeps,
            FallocateFlags.CollapseRange or FallocateFlags.InsertRange => !keeps,
            _ => false,
        };
    }

    /// <summary>posix_fadvise(2): advice that is checked and not needed.</summary>
    [Syscall("fadvise64")]
    public static SysResult Advise(Task task, int fd, long offset, long length, int advice)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return Advise(reference.File, length, advice);
    }

    internal static SysResult Advise(OpenFile? file, long length, int advice)
    {
        if (file is null)
        {
            return Errno.EBADF;
        }

        if (file is FileSystems.Pipes.PipeFile)
        {
            return Errno.ESPIPE;
        }

        return length < 0 || advice is < 0 or > 5 ? Errno.EINVAL : 0;
    }

    /// <summary>readahead(2).</summary>
    [Syscall("readahead")]
    public static SysResult ReadAhead(Task task, int fd, long offset, ulong count)
    {
        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not { } file || !file.CanRead)
        {
            return Errno.EBADF;
        }

        return file.WaitQueue is null ? 0 : Errno.EINVAL;
    }
}
