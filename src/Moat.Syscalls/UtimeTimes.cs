// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Syscalls.Paths;
using Moat.Vfs;
using Moat.Vfs.Paths;

namespace Moat.Syscalls;

/// <summary>utimensat(2), utimes(2), utime(2), futimesat(2).</summary>
public static class UtimeTimes
{
    private const int CurrentDirectory = -100;
    private static readonly Timespec s_now = new(0, AttributeOperations.UtimeNow);

    /// <summary>utimensat(2); a null path means the descriptor.</summary>
    [Syscall("utimensat")]
    public static SysResult SetTimesAt(
        Task task, int directory, GuestString path, [Input] GuestPtr<Timespec> times, AtFlags flags)
    {
        Timespec access = s_now;
        Timespec modify = s_now;
        if (!times.IsNull)
        {
            System.Span<Timespec> values = stackalloc Timespec[2];
            Errno fault = task.Memory.ReadArray(times.Address, values);
            if (fault != Errno.Success)
            {
                return fault;
            }

            (access, modify) = (values[0], values[1]);
            if (!IsValid(access) || !IsValid(modify))
            {
                return Errno.EINVAL;
            }

            if (access.Nanoseconds == AttributeOperations.UtimeOmit
                && modify.Nanoseconds == AttributeOperations.UtimeOmit)
            {
                return 0;
            }
        }

        return Set(task, directory, path, access, modify, flags);
    }

    /// <summary>utimes(2).</summary>
    [Syscall("utimes")]
    public static SysResult SetTimes(Task task, GuestString path, GuestPtr<Timespec> times) =>
        SetTimesFromAt(task, CurrentDirectory, path, times);

    /// <summary>futimesat(2); the array is of struct timeval, which has the layout of a timespec.</summary>
    [Syscall("futimesat")]
    public static SysResult SetTimesFromAt(Task task, int directory, GuestString path,
        GuestPtr<Timespec> times)
    {
        Timespec access = s_now;
        Timespec modify = s_now;
        if (!times.IsNull)
        {
            System.Span<Timespec> values = stackalloc Timespec[2];
            Errno fault = task.Memory.ReadArray(times.Address, values);
            if (fault != Errno.Success)
            {
                return fault;
            }

            const ulong MicrosecondsPerSecond = 1_000_000;
            if ((ulong)values[0].Nanoseconds >= MicrosecondsPerSecond
                || (ulong)values[1].Nanoseconds >= MicrosecondsPerSecond)
            {
                return Errno.EINVAL;
            }

            access = new Timespec(values[0].Seconds, values[0].Nanoseconds * 1000);
            modify = new Timespec(values[1].Seconds, values[1].Nanoseconds * 1000);
        }

        return Set(task, directory, path, access, modify, AtFlags.None);
    }

    /// <summary>utime(2); struct utimbuf is two seconds.</summary>
    [Syscall("utime")]
    public static SysResult SetTime(Task task, GuestString path, GuestBuffer times)
    {
        Timespec access = s_now;
        Timespec modify = s_now;
        if (!times.IsNull)
        {
            System.Span<long> seconds = stackalloc long[2];
            Errno fault = task.Memory.ReadArray(times.Address, seconds);
            if (fault != Errno.Success)
            {
                return fault;
            }

            (access, modify) = (new Timespec(seconds[0], 0), new Timespec(seconds[1], 0));
        }

        return Set(task, CurrentDirectory, path, access, modify, AtFlags.None);
    }

    private static SysResult Set(
        Task task, int directory, GuestString path, Timespec access, Timespec modify, AtFlags flags)
    {
        if (path.IsNull && directory != CurrentDirectory)
        {
            if (flags != AtFlags.None)
            {
                return Errno.EINVAL;
            }

            using FileReference reference = task.Files.Borrow(directory);
            return reference.File is not { } file ? Errno.EBADF
                : AttributeOperations.SetTimes(task, GuestPath.Vfs(task).LocationOf(file), access, modify);
        }

        if ((flags & ~(AtFlags.SymlinkNoFollow | AtFlags.EmptyPath)) != 0)
        {
            return Errno.EINVAL;
        }

        Errno error = GuestPath.Resolve(task, directory, path, GuestPath.LookupFlagsOf(flags),
            out Location location);
        return error == Errno.Success ? AttributeOperations.SetTimes(task, location, access, modify) : error;
    }

    private static bool IsValid(Timespec time) =>
        (ulong)time.Nanoseconds < 1_000_000_000
        || time.Nanoseconds is AttributeOperations.UtimeNow or AttributeOperations.UtimeOmit;
}
