// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Base;
using Moat.Kernel.Blocking;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Polling;
using Moat.Syscalls.Transfer;
using Moat.Vfs;
using Moat.Vfs.Events;

namespace Moat.Syscalls;

/// <summary>epoll_create(2), epoll_ctl(2), epoll_wait(2) and its variants.</summary>
public static class Epoll
{
    private const int EventSize = 12;
    private const int MaximumEvents = int.MaxValue / EventSize;

    /// <summary>epoll_create(2).</summary>
    [Syscall("epoll_create")]
    public static SysResult Create(Task task, int size) => size <= 0 ? Errno.EINVAL : Create1(task, 0);

    /// <summary>epoll_create1(2).</summary>
    [Syscall("epoll_create1")]
    public static SysResult Create1(Task task, OpenFlags flags)
    {
        if ((flags & ~OpenFlags.CloseOnExec) != 0)
        {
            return Errno.EINVAL;
        }

        InodeAttributes attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, task.Credentials);
        return task.Files.Install(new EpollFile(attributes), (flags & OpenFlags.CloseOnExec) != 0);
    }

    /// <summary>epoll_ctl(2).</summary>
    [Syscall("epoll_ctl")]
    public static SysResult Control(Task task, int epfd, EpollOperation operation, int fd,
        [Input] GuestPtr<EpollEvent> wanted)
    {
        EpollEvent value = default;
        if (operation != EpollOperation.Delete)
        {
            Errno error = wanted.Read(task.Memory, out value);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        using FileReference set = task.Files.Borrow(epfd);
        using FileReference target = task.Files.Borrow(fd);
        if (set.File is null || target.File is not { } file)
        {
            return Errno.EBADF;
        }

        if (file.WaitQueue is null)
        {
            return Errno.EPERM;
        }

        if (set.File is not EpollFile epoll || set.File == file)
        {
            return Errno.EINVAL;
        }

        return operation switch
        {
            EpollOperation.Add => epoll.Add(task, fd, file, value),
            EpollOperation.Delete => epoll.Remove(fd, file),
            EpollOperation.Modify => epoll.Modify(task, fd, file, value),
            _ => Errno.EINVAL,
        };
    }

    /// <summary>epoll_wait(2).</summary>
    [Syscall("epoll_wait")]
    public static SysResult Wait(Task task, int epfd, GuestPtr<EpollEvent> events, int count,
        int timeoutMs) =>
        Run(task, epfd, events, count, Timeouts.FromMilliseconds(timeoutMs), timeoutMs != 0);

    /// <summary>epoll_pwait(2).</summary>
    [Syscall("epoll_pwait")]
    public static SysResult WaitMasked(
        Task task, int epfd, GuestPtr<EpollEvent> events, int count, int timeoutMs, GuestBuffer mask,
        ulong maskSize)
    {
        Errno error = TemporaryMask.Apply(task, mask.Address, maskSize);
        return error != Errno.Success
            ? error
            : Finish(task,
            Run(task, epfd, events, count, Timeouts.FromMilliseconds(timeoutMs), timeoutMs != 0));
    }

    /// <summary>epoll_pwait2(2).</summary>
    [Syscall("epoll_pwait2")]
    public static SysResult WaitMasked2(
        Task task, int epfd, GuestPtr<EpollEvent> events, int count, GuestPtr<Timespec> timeout,
        GuestBuffer mask,
        ulong maskSize)
    {
        Errno error = Timeouts.Read(task, timeout, out Deadline deadline, out bool wait);
        error = error != Errno.Success ? error : TemporaryMask.Apply(task, mask.Address, maskSize);
        return error != Errno.Success ? error : Finish(task, Run(task, epfd, events, count, deadline, wait));
    }

    private static SysResult Finish(Task task, SysResult result)
    {
        if (result.Error != Errno.EINTR)
        {
            TemporaryMask.Undo(task);
        }

        return result;
    }

    private static SysResult Run(
        Task task, int epfd, GuestPtr<EpollEvent> events, int count, Deadline deadline, bool wait)
    {
        using FileReference reference = task.Files.Borrow(epfd);
        if (reference.File is null)
        {
            return Errno.EBADF;
        }

        if (count is <= 0 or > MaximumEvents)
        {
            return Errno.EINVAL;
        }

        if (GuestSegments.Check(events.Address, (ulong)count * EventSize) != Errno.Success)
        {
            return Errno.EFAULT;
        }

        if (reference.File is not EpollFile epoll)
        {
            return Errno.EINVAL;
        }

        var operation = new EpollWaitOperation(epoll, events, count);
        Result<long> result = BlockingIo.Run(
            task, wait ? epoll.WaitQueue : null, PollEvents.In | PollEvents.ReadNormal, ref operation,
            deadline);
        return result.Error switch
        {
            Errno.EAGAIN => 0,
            Errno.ERESTARTSYS => Errno.EINTR,
            _ => result,
        };
    }
}
