// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Syscalls.Paths;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>sync(2), syncfs(2), fsync(2), fdatasync(2), sync_file_range(2), fallocate(2), posix_fadvise(2), readahead(2).</summary>
public static class Sync
{
    /// <summary>sync(2).</summary>
    [Syscall("sync")]
    public static SysResult All(Task task)
    {
        if (task.FileSystem.Namespace is { } mounts)
        {
            foreach (Mount mount in mounts.Snapshot())
            {
                mount.FileSystem.Sync();
            }
        }

        return 0;
    }

    /// <summary>syncfs(2).</summary>
    [Syscall("syncfs")]
    public static SysResult FileSystem(Task task, int fd)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return reference.File is not { } file ? Errno.EBADF
            : GuestPath.Vfs(task).LocationOf(file).Mount.FileSystem.Sync();
    }

    /// <summary>fsync(2).</summary>
    [Syscall("fsync")]
    public static SysResult File(Task task, int fd) => File(task, fd, dataOnly: false);

    /// <summary>fdatasync(2).</summary>
    [Syscall("fdatasync")]
    public static SysResult FileData(Task task, int fd) => File(task, fd, dataOnly: true);

    /// <summary>sync_file_range(2), done as fdatasync: more than was asked.</summary>
    [Syscall("sync_file_range")]
    public static SysResult Range(Task task, int fd, long offset, long length, uint flags)
    {
        const uint Known = 7;
        if ((flags & ~Known) != 0 || offset < 0 || length < 0 || unchecked(offset + length) < 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        return file.Location is { } place && place.Inode.Type is FileType.Regular or FileType.Directory
            ? file.Sync(dataOnly: true) : Errno.ESPIPE;
    }

    /// <summary>fallocate(2).</summary>
    [Syscall("fallocate")]
    public static SysResult Allocate(Task task, int fd, FallocateFlags mode, long offset, long length)
    {
        const FallocateFlags Known = (FallocateFlags)0x7b;
        if (offset < 0 || length <= 0)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        if ((mode & ~Known) != 0)
        {
            return Errno.EOPNOTSUPP;
        }

        if (!file.CanWrite)
        {
            return Errno.EBADF;
        }

        if (file.Location is not { } place)
        {
            return Errno.ESPIPE;
        }

        if (place.Inode.Type != FileType.Regular)
        {
            return place.Inode.IsDirectory ? Errno.EISDIR : place.Inode.Type == FileType.Fifo ? Errno.ESPIPE : Errno.ENODEV;
        }

        return unchecked(offset + length) < 0 ? Errno.EFBIG : file.Allocate(task, (int)mode, offset, length);
    }

    /// <summary>posix_fadvise(2): nothing to advise; the host caches what it sees fit.</summary>
    [Syscall("fadvise64")]
    public static SysResult Advise(Task task, int fd, long offset, long length, int advice)
    {
        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        if (file.Location is null || file.Location.Value.Inode.Type == FileType.Fifo)
        {
            return Errno.ESPIPE;
        }

        return advice is < 0 or > 5 || length < 0 ? Errno.EINVAL : 0;
    }

    /// <summary>readahead(2).</summary>
    [Syscall("readahead")]
    public static SysResult ReadAhead(Task task, int fd, long offset, ulong count)
    {
        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not { CanRead: true } file)
        {
            return Errno.EBADF;
        }

        return file.Location is { } place && place.Inode.Type == FileType.Regular ? 0 : Errno.EINVAL;
    }

    private static SysResult File(Task task, int fd, bool dataOnly)
    {
        using FileReference reference = task.Files.Borrow(fd);
        return reference.File is not { } file ? Errno.EBADF : file.Sync(dataOnly);
    }
}
