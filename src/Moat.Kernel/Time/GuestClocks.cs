// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Host.Clocks;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>The clocks of clock_gettime(2).</summary>
public static class GuestClocks
{
    /// <summary>Length of a tick in nanoseconds: the resolution of coarse clocks (CONFIG_HZ=250).</summary>
    public const long TickNs = 4_000_000;

    /// <summary>Reads a clock; EINVAL when there is no such clock or process.</summary>
    public static Result<long> Read(Task task, ClockId clock)
    {
        switch (clock)
        {
            case ClockId.Realtime or ClockId.Monotonic or ClockId.MonotonicRaw or ClockId.RealtimeCoarse
                or ClockId.MonotonicCoarse or ClockId.BootTime or ClockId.Tai:
                return HostClock.ReadNs(clock) + task.Namespaces.Time.Offset(clock);
            case ClockId.ThreadCpuTime:
                return task.CpuClock.ReadOwn().TotalNs;
            case ClockId.ProcessCpuTime:
                return ProcessCpu.OfProcess(task.Group).TotalNs;
            default:
                return ReadCpu(task, new CpuClockId(clock));
        }
    }

    /// <summary>clock_getres(2) in nanoseconds; EINVAL when there is no such clock.</summary>
    public static Result<long> Resolution(Task task, ClockId clock)
    {
        switch (clock)
        {
            case ClockId.RealtimeCoarse or ClockId.MonotonicCoarse:
                return TickNs;
            case ClockId.Realtime or ClockId.Monotonic or ClockId.MonotonicRaw or ClockId.BootTime
                or ClockId.Tai
                or ClockId.ProcessCpuTime or ClockId.ThreadCpuTime:
                return 1;
        }

        var cpu = new CpuClockId(clock);
        Result<long> value = ReadCpu(task, cpu);
        return value.IsOk ? (cpu.Kind == 2 ? 1 : TickNs) : value.Error;
    }

    /// <summary>
    /// The process or thread of a CPU clock, by the rules of kernel/time/posix-cpu-timers.c.
    /// </summary>
    /// <param name="task">The caller.</param>
    /// <param name="clock">A valid CPU clock.</param>
    /// <param name="thread">The thread, for a thread's clock.</param>
    /// <param name="process">The process, for a process's clock.</param>
    public static bool TryFind(Task task, CpuClockId clock, out Task? thread, out ThreadGroup? process)
    {
        thread = null;
        process = null;
        int id = clock.ProcessId;
        if (clock.IsThread)
        {
            thread = id == 0 ? task : task.FindTask(id);
            thread = thread?.Group == task.Group ? thread : null;
            return thread is not null;
        }

        process = id == 0 || id == task.OwnId ? task.Group : task.FindProcess(id);
        return process is not null;
    }

    private static Result<long> ReadCpu(Task task, CpuClockId clock)
    {
        if (!clock.IsValid || !TryFind(task, clock, out Task? thread, out ThreadGroup? process))
        {
            return Errno.EINVAL;
        }

        return clock.Select(
            thread == task ? task.CpuClock.ReadOwn() : thread is not null
                ? ProcessCpu.OfTask(thread) : ProcessCpu.OfProcess(process!));
    }
}
