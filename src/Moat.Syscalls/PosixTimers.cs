// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>
/// timer_create(2), timer_settime(2), timer_gettime(2), timer_getoverrun(2), timer_delete(2).
/// </summary>
public static class PosixTimers
{
    private const int TimerAbsolute = 1;

    /// <summary>timer_create(2).</summary>
    [Syscall("timer_create")]
    public static SysResult Create(Task task, ClockId clock, GuestPtr<SignalEvent> signal, GuestPtr<int> id)
    {
        Errno error = CheckClock(task, clock);
        if (error != Errno.Success)
        {
            return error;
        }

        var wanted = new SignalEvent { Number = (int)Signal.SIGALRM };
        if (!signal.IsNull && signal.Read(task.Memory, out wanted) != Errno.Success)
        {
            return Errno.EFAULT;
        }

        if (!ToNotification(task, wanted).TryGet(out TimerNotification notification, out error)
            || !task.Group.Timers.Create(task, clock, in notification, signal.IsNull)
                .TryGet(out PosixTimer? timer, out error))
        {
            return error;
        }

        error = id.Write(task.Memory, timer.Id);
        if (error != Errno.Success)
        {
            task.Group.Timers.Delete(timer.Id);
        }

        return error;
    }

    /// <summary>timer_settime(2).</summary>
    [Syscall("timer_settime")]
    public static SysResult SetTime(
        Task task, int id, int flags, [Input] GuestPtr<IntervalTimespec> value,
        GuestPtr<IntervalTimespec> old)
    {
        if (value.IsNull)
        {
            return Errno.EINVAL;
        }

        Errno error = value.Read(task.Memory, out IntervalTimespec wanted);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!wanted.Value.IsValid || !wanted.Interval.IsValid
            || !task.Group.Timers.TryGet(id, out PosixTimer? timer))
        {
            return Errno.EINVAL;
        }

        IntervalTimespec before = Read(timer);
        timer.Set(
            task, (flags & TimerAbsolute) != 0, wanted.Value.ToNanoseconds(),
            wanted.Interval.ToNanoseconds());
        return old.IsNull ? 0 : (SysResult)old.Write(task.Memory, before);
    }

    /// <summary>timer_gettime(2).</summary>
    [Syscall("timer_gettime")]
    public static SysResult GetTime(Task task, int id, GuestPtr<IntervalTimespec> value) =>
        task.Group.Timers.TryGet(id, out PosixTimer? timer)
            ? value.Write(task.Memory, Read(timer)) : Errno.EINVAL;

    /// <summary>timer_getoverrun(2).</summary>
    [Syscall("timer_getoverrun")]
    public static SysResult GetOverrun(Task task, int id) =>
        task.Group.Timers.TryGet(id, out PosixTimer? timer) ? timer.Overrun : Errno.EINVAL;

    /// <summary>timer_delete(2).</summary>
    [Syscall("timer_delete")]
    public static SysResult Delete(Task task, int id) =>
        task.Group.Timers.Delete(id) ? 0 : Errno.EINVAL;

    private static IntervalTimespec Read(PosixTimer timer)
    {
        timer.Get(out long remaining, out long interval);
        return new(Timespec.FromNanoseconds(interval), Timespec.FromNanoseconds(remaining));
    }

    // The alarm clocks need a clock that wakes the machine, which no sandbox has (EOPNOTSUPP,
    // timer_create(2)).
    private static Errno CheckClock(Task task, ClockId clock)
    {
        switch (clock)
        {
            case ClockId.Realtime or ClockId.Monotonic or ClockId.BootTime or ClockId.Tai:
                return Errno.Success;
            case ClockId.MonotonicRaw or ClockId.RealtimeCoarse or ClockId.MonotonicCoarse
                or ClockId.RealtimeAlarm
                or ClockId.BootTimeAlarm:
                return Errno.EOPNOTSUPP;
        }

        var cpu = new CpuClockId(clock);
        return cpu.IsValid && GuestClocks.TryFind(task, cpu, out _, out _) ? Errno.Success : Errno.EINVAL;
    }

    private static Result<TimerNotification> ToNotification(Task task, in SignalEvent wanted)
    {
        Task? thread = null;
        switch (wanted.Notify)
        {
            case SignalEvent.SIGEV_NONE:
                return default(TimerNotification);
            case SignalEvent.SIGEV_SIGNAL or SignalEvent.SIGEV_THREAD:
                break;
            case SignalEvent.SIGEV_THREAD_ID:
                thread = task.FindTask(wanted.ThreadId);
                if (thread?.Group != task.Group)
                {
                    return Errno.EINVAL;
                }

                break;
            default:
                return Errno.EINVAL;
        }

        return wanted.Number is >= 1 and <= 64
            ? new TimerNotification(wanted.Number, thread, wanted.Value)
            : Errno.EINVAL;
    }
}
