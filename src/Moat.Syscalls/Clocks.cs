// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>
/// clock_gettime(2), clock_getres(2), clock_settime(2), gettimeofday(2), settimeofday(2), time(2).
/// </summary>
public static class Clocks
{
    /// <summary>clock_gettime(2).</summary>
    [Syscall("clock_gettime")]
    public static SysResult GetTime(Task task, ClockId clock, GuestPtr<Timespec> time) =>
        GuestClocks.Read(task, clock).TryGet(out long now, out Errno error)
            ? time.Write(task.Memory, Timespec.FromNanoseconds(now))
            : error;

    /// <summary>clock_getres(2).</summary>
    [Syscall("clock_getres")]
    public static SysResult GetResolution(Task task, ClockId clock, GuestPtr<Timespec> resolution)
    {
        if (!GuestClocks.Resolution(task, clock).TryGet(out long step, out Errno error))
        {
            return error;
        }

        return resolution.IsNull
            ? 0 : (SysResult)resolution.Write(task.Memory, Timespec.FromNanoseconds(step));
    }

    /// <summary>
    /// clock_settime(2). The host's clock is not a sandbox's to set: EPERM, whatever its capabilities.
    /// </summary>
    [Syscall("clock_settime")]
    public static SysResult SetTime(Task task, ClockId clock, GuestPtr<Timespec> time)
    {
        if (clock != ClockId.Realtime)
        {
            return Errno.EINVAL;
        }

        Errno error = time.Read(task.Memory, out Timespec wanted);
        return error != Errno.Success ? error : wanted.IsValid ? Errno.EPERM : Errno.EINVAL;
    }

    /// <summary>gettimeofday(2).</summary>
    [Syscall("gettimeofday")]
    public static SysResult GetTimeOfDay(Task task, GuestPtr<Timeval> time, GuestPtr<Timezone> zone)
    {
        if (!time.IsNull)
        {
            long now = GuestClocks.Read(task, ClockId.Realtime).Value;
            if (time.Write(task.Memory, Timeval.FromNanoseconds(now)) != Errno.Success)
            {
                return Errno.EFAULT;
            }
        }

        return zone.IsNull ? 0 : (SysResult)zone.Write(task.Memory, default);
    }

    /// <summary>settimeofday(2): as <see cref="SetTime"/>.</summary>
    [Syscall("settimeofday")]
    public static SysResult SetTimeOfDay(Task task, GuestPtr<Timeval> time, GuestPtr<Timezone> zone)
    {
        if (!time.IsNull)
        {
            Errno error = time.Read(task.Memory, out Timeval wanted);
            if (error != Errno.Success)
            {
                return error;
            }

            if (!wanted.IsValid)
            {
                return Errno.EINVAL;
            }
        }

        return zone.IsNull || zone.Read(task.Memory, out _) == Errno.Success ? Errno.EPERM : Errno.EFAULT;
    }

    /// <summary>time(2).</summary>
    [Syscall("time")]
    public static SysResult Time(Task task, GuestPtr<long> seconds)
    {
        long now = GuestClocks.Read(task, ClockId.Realtime).Value / 1_000_000_000;
        return seconds.IsNull || seconds.Write(task.Memory, now) == Errno.Success ? now : Errno.EFAULT;
    }
}
