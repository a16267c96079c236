// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>nanosleep(2), clock_nanosleep(2).</summary>
public static class Sleep
{
    private const int TimerAbsolute = 1;

    /// <summary>nanosleep(2).</summary>
    [Syscall("nanosleep")]
    public static SysResult Nanosleep(Task task, [Input] GuestPtr<Timespec> duration,
        GuestPtr<Timespec> remainder)
    {
        Errno error = duration.Read(task.Memory, out Timespec time);
        if (error != Errno.Success)
        {
            return error;
        }

        return time.IsValid
            ? TimedSleep.Relative(task, Deadline.After(time.ToNanoseconds()), remainder.Address)
            : Errno.EINVAL;
    }

    /// <summary>clock_nanosleep(2).</summary>
    [Syscall("clock_nanosleep")]
    public static SysResult ClockNanosleep(
        Task task, ClockId clock, int flags, [Input] GuestPtr<Timespec> duration,
        GuestPtr<Timespec> remainder)
    {
        Errno error = CheckClock(task, clock);
        if (error != Errno.Success)
        {
            return error;
        }

        error = duration.Read(task.Memory, out Timespec time);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!time.IsValid)
        {
            return Errno.EINVAL;
        }

        long ns = time.ToNanoseconds();
        bool isAbsolute = (flags & TimerAbsolute) != 0;
        if (new CpuClockId(clock).IsValid)
        {
            return SleepOnCpu(task, clock, isAbsolute, ns);
        }

        if (!isAbsolute)
        {
            return TimedSleep.Relative(task, Deadline.After(ns), remainder.Address);
        }

        return TimedSleep.Until(task, ToDeadline(task, clock, ns)) ? 0 : Errno.ERESTARTNOHAND;
    }

    /// <summary>The monotonic moment at which a clock shows a value, as far as one can tell now.</summary>
    internal static Deadline ToDeadline(Task task, ClockId clock, long ns)
    {
        if (clock == ClockId.Monotonic || ns == long.MaxValue)
        {
            return new Deadline(task.Namespaces.Time.ToKernel(clock, ns));
        }

        return Deadline.After(ns - GuestClocks.Read(task, clock).Value);
    }

    private static SysResult SleepOnCpu(Task task, ClockId clock, bool isAbsolute, long ns)
    {
        if (!GuestClocks.Read(task, clock).TryGet(out long now, out Errno error))
        {
            return error;
        }

        long until = isAbsolute ? ns : ns > long.MaxValue - now ? long.MaxValue : now + ns;
        return TimedSleep.UntilCpu(task, clock, until);
    }

    private static Errno CheckClock(Task task, ClockId clock)
    {
        switch (clock)
        {
            case ClockId.Realtime or ClockId.Monotonic or ClockId.BootTime or ClockId.Tai
                or ClockId.ProcessCpuTime:
                return Errno.Success;
            case ClockId.RealtimeAlarm or ClockId.BootTimeAlarm or ClockId.MonotonicRaw
                or ClockId.RealtimeCoarse
                or ClockId.MonotonicCoarse or ClockId.ThreadCpuTime:
                return Errno.EOPNOTSUPP;
        }

        // A thread cannot wait for its own CPU time.
        var cpu = new CpuClockId(clock);
        bool isOwn = cpu.IsThread && (cpu.ProcessId == 0 || cpu.ProcessId == task.OwnId);
        return cpu.IsValid && !isOwn && GuestClocks.TryFind(task, cpu, out _, out _)
            ? Errno.Success : Errno.EINVAL;
    }
}
