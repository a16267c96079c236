// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Abi.Uio;
using Moat.Base;
using Moat.FileSystems.Processes;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>process_madvise(2), process_mrelease(2).</summary>
public static class ProcessMemoryCalls
{
    private const int MaxVectors = 1024;

    /// <summary>process_madvise(2): all advice for oneself, hints about paging for others.</summary>
    [Syscall("process_madvise")]
    public static SysResult Advise(Task task, int fd, GuestPtr<IoVector> vectors, ulong count,
        MemoryAdvice advice, uint flags)
    {
        if (flags != 0 || count > MaxVectors)
        {
            return Errno.EINVAL;
        }

        Span<IoVector> ranges = count <= 8 ? stackalloc IoVector[(int)count] : new IoVector[count];
        Errno error = task.Memory.ReadArray(vectors.Address, ranges);
        if (error != Errno.Success)
        {
            return error;
        }

        error = Find(task, fd, out Task? target);
        if (target is null)
        {
            return error;
        }

        if (!TaskAccess.MayInspect(task, target))
        {
            return Errno.EACCES;
        }

        bool isOwn = target.Mm == task.Mm;
        bool isHint = advice is MemoryAdvice.Cold or MemoryAdvice.PageOut or MemoryAdvice.WillNeed
            or MemoryAdvice.Collapse;
        if (!isOwn && (!isHint || !task.Credentials.Has(Capability.SysNice)))
        {
            return isHint ? Errno.EPERM : Errno.EINVAL;
        }

        // Nobody makes a call in another's stub while it runs; a hint need not be taken.
        IMemoryOrders orders = isOwn ? task.Orders : UnheededHints.Instance;
        ulong done = 0;
        foreach (IoVector range in ranges)
        {
            error = target.AddressSpace.Advise(orders, range.Base, range.Length, advice);
            if (error != Errno.Success)
            {
                break;
            }

            done += range.Length;
        }

        return done > 0 ? done : error;
    }

    /// <summary>process_mrelease(2): a dying process's memory goes with its stub; EINVAL for one that lives.
    /// </summary>
    [Syscall("process_mrelease")]
    public static SysResult Release(Task task, int fd, uint flags)
    {
        if (flags != 0)
        {
            return Errno.EINVAL;
        }

        Errno error = Find(task, fd, out Task? target);
        return target is null ? error : target.Group.IsExiting ? 0 : Errno.EINVAL;
    }

    private static Errno Find(Task task, int fd, out Task? target)
    {
        target = null;
        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is not PidFile file)
        {
            return Errno.EBADF;
        }

        Task found = file.Thread ?? file.Process.Leader;
        if (file.Process.State is ProcessState.Zombie or ProcessState.Dead || found.Mm is null)
        {
            return Errno.ESRCH;
        }

        target = found;
        return Errno.Success;
    }

    /// <summary>Stands in for a stub where advice only has to name what is mapped.</summary>
    private sealed class UnheededHints : IMemoryOrders
    {
        internal static readonly UnheededHints Instance = new();

        public Result<ulong> Execute(ReadOnlySpan<MemoryOrder> orders) => 0UL;
    }
}
