// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>getitimer(2), setitimer(2), alarm(2).</summary>
public static class IntervalTimers
{
    private const long SecondNs = 1_000_000_000;

    /// <summary>getitimer(2).</summary>
    [Syscall("getitimer")]
    public static SysResult GetTimer(Task task, IntervalTimerKind which, GuestPtr<IntervalTimeval> value) =>
        (uint)which > (uint)IntervalTimerKind.Profile
            ? Errno.EINVAL : value.Write(task.Memory, Read(task, which));

    /// <summary>setitimer(2).</summary>
    [Syscall("setitimer")]
    public static SysResult SetTimer(
        Task task, IntervalTimerKind which, [Input] GuestPtr<IntervalTimeval> value,
        GuestPtr<IntervalTimeval> old)
    {
        IntervalTimeval wanted = default;
        if (!value.IsNull && value.Read(task.Memory, out wanted) != Errno.Success)
        {
            return Errno.EFAULT;
        }

        if (!wanted.Value.IsValid || !wanted.Interval.IsValid
            || (uint)which > (uint)IntervalTimerKind.Profile)
        {
            return Errno.EINVAL;
        }

        IntervalTimeval before = Read(task, which);
        Arm(task.Group.Timers.Interval(which), wanted.Value.ToNanoseconds(), wanted.Interval.ToNanoseconds());
        return old.IsNull ? 0 : (SysResult)old.Write(task.Memory, before);
    }

    /// <summary>alarm(2).</summary>
    [Syscall("alarm")]
    public static SysResult Alarm(Task task, uint seconds)
    {
        ClockTimer timer = task.Group.Timers.Interval(IntervalTimerKind.Real);
        timer.Get(out long left, out _);
        Arm(timer, seconds * SecondNs, 0);

        // Rounded to the nearest second, but never to zero.
        return left == 0 ? 0 : Math.Max((left + (SecondNs / 2)) / SecondNs, 1);
    }

    private static void Arm(ClockTimer timer, long valueNs, long intervalNs)
    {
        if (valueNs == 0)
        {
            timer.Disarm();
            return;
        }

        long now = timer.ReadClock();
        timer.Set(valueNs >= long.MaxValue - now ? long.MaxValue - 1 : now + valueNs, intervalNs);
    }

    private static IntervalTimeval Read(Task task, IntervalTimerKind which)
    {
        task.Group.Timers.Interval(which).Get(out long remaining, out long interval);
        return new(Timeval.FromNanosecondsUp(interval), Timeval.FromNanosecondsUp(remaining));
    }
}
