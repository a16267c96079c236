// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>close(2), close_range(2), dup(2), dup2(2), dup3(2).</summary>
public static class Descriptors
{
    /// <summary>close(2).</summary>
    [Syscall("close")]
    public static SysResult Close(Task task, int fd) => task.Files.Close(task, fd);

    /// <summary>close_range(2).</summary>
    [Syscall("close_range")]
    public static SysResult CloseRange(Task task, uint first, uint last, CloseRangeFlags flags)
    {
        if ((flags & ~(CloseRangeFlags.Unshare | CloseRangeFlags.CloseOnExec)) != 0 || first > last)
        {
            return Errno.EINVAL;
        }

        if ((flags & CloseRangeFlags.Unshare) != 0 && task.Files.UserCount > 1)
        {
            FdTable shared = task.Files;
            task.Files = shared.Clone();
            shared.RemoveUser(task);
        }

        int from = (int)Math.Min(first, int.MaxValue);
        int to = (int)Math.Min(last, int.MaxValue - 1);
        if ((flags & CloseRangeFlags.CloseOnExec) != 0)
        {
            task.Files.SetCloseOnExecRange(from, to);
        }
        else
        {
            task.Files.CloseRange(task, from, to);
        }

        return 0;
    }

    /// <summary>dup(2).</summary>
    [Syscall("dup")]
    public static SysResult Duplicate(Task task, int fd) => Duplicate(task, fd, 0, closeOnExec: false);

    /// <summary>dup2(2).</summary>
    [Syscall("dup2")]
    public static SysResult Duplicate2(Task task, int from, int to)
    {
        if (from != to)
        {
            return Replace(task, from, to, closeOnExec: false);
        }

        using FileReference reference = task.Files.BorrowAny(from);
        return reference.File is null ? Errno.EBADF : to;
    }

    /// <summary>dup3(2).</summary>
    [Syscall("dup3")]
    public static SysResult Duplicate3(Task task, int from, int to, OpenFlags flags)
    {
        if ((flags & ~OpenFlags.CloseOnExec) != 0 || from == to)
        {
            return Errno.EINVAL;
        }

        return Replace(task, from, to, (flags & OpenFlags.CloseOnExec) != 0);
    }

    /// <summary>A second descriptor for the same open file: dup, F_DUPFD, F_DUPFD_CLOEXEC.</summary>
    internal static SysResult Duplicate(Task task, int fd, int minimum, bool closeOnExec)
    {
        using FileReference reference = task.Files.BorrowAny(fd);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        file.AddReference();
        return task.Files.Install(file, closeOnExec, minimum);
    }

    private static SysResult Replace(Task task, int from, int to, bool closeOnExec)
    {
        using FileReference reference = task.Files.BorrowAny(from);
        if (reference.File is not { } file)
        {
            return Errno.EBADF;
        }

        file.AddReference();
        return task.Files.Replace(task, to, file, closeOnExec);
    }
}
