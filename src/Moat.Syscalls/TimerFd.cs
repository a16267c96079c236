// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Abi.Time;
using Moat.Base;
using Moat.FileSystems.Events;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls;

/// <summary>timerfd_create(2) and its kin.</summary>
public static class TimerFd
{
    /// <summary>timerfd_create(2).</summary>
    [Syscall("timerfd_create")]
    public static SysResult Create(Task task, ClockId clock, TimerFileFlags flags)
    {
        if ((flags & ~(TimerFileFlags.NonBlock | TimerFileFlags.CloseOnExec)) != 0)
        {
            return Errno.EINVAL;
        }

        switch (clock)
        {
            case ClockId.Realtime or ClockId.Monotonic or ClockId.BootTime:
                break;
            case ClockId.RealtimeAlarm or ClockId.BootTimeAlarm:
                if (!task.Credentials.Has(Capability.WakeAlarm))
                {
                    return Errno.EPERM;
                }

                break;
            default:
                return Errno.EINVAL;
        }

        var file = new TimerFile(
            task, task.Kernel.Timers, clock, (flags & TimerFileFlags.NonBlock) != 0);
        return task.Files.Install(file, (flags & TimerFileFlags.CloseOnExec) != 0);
    }

    /// <summary>timerfd_settime(2).</summary>
    [Syscall("timerfd_settime")]
    public static SysResult Set(
        Task task, int fd, TimerFileFlags flags, [Input] GuestPtr<IntervalTimespec> wanted,
        GuestPtr<IntervalTimespec> old)
    {
        Errno error = wanted.Read(task.Memory, out IntervalTimespec value);
        if (error != Errno.Success)
        {
            return error;
        }

        if ((flags & ~(TimerFileFlags.Absolute | TimerFileFlags.CancelOnSet)) != 0
            || !value.Value.IsValid || !value.Interval.IsValid)
        {
            return Errno.EINVAL;
        }

        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is null)
        {
            return Errno.EBADF;
        }

        if (reference.File is not TimerFile timer)
        {
            return Errno.EINVAL;
        }

        bool isAbsolute = (flags & TimerFileFlags.Absolute) != 0;
        IntervalTimespec before = timer.Set(isAbsolute, value, task.Namespaces.Time);
        return old.IsNull ? 0 : (SysResult)old.Write(task.Memory, before);
    }

    /// <summary>timerfd_gettime(2).</summary>
    [Syscall("timerfd_gettime")]
    public static SysResult Get(Task task, int fd, GuestPtr<IntervalTimespec> value)
    {
        using FileReference reference = task.Files.Borrow(fd);
        if (reference.File is null)
        {
            return Errno.EBADF;
        }

        return reference.File is TimerFile timer ? value.Write(task.Memory, timer.Get()) : Errno.EINVAL;
    }
}
