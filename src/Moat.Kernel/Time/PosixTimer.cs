// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>A timer of timer_create(2).</summary>
/// <remarks>
/// Wall clocks are turned into CLOCK_MONOTONIC when the timer is set; later steps of them do not move it.
/// </remarks>
public sealed class PosixTimer : ClockTimer
{
    private readonly ThreadGroup _process;
    private readonly TimerNotification _notification;
    private readonly Task? _thread;
    private readonly ThreadGroup? _measured;
    private readonly CpuClockId _cpuClock;
    private int _overrun;

    internal PosixTimer(Task creator, int id, ClockId clock, in TimerNotification notification)
        : base(creator.Kernel.Timers)
    {
        _process = creator.Group;
        Id = id;
        Clock = clock;
        _notification = notification;
        _cpuClock = new CpuClockId(clock);
        if (_cpuClock.IsValid)
        {
            GuestClocks.TryFind(creator, _cpuClock, out _thread, out _measured);
        }
    }

    /// <summary>The timer id.</summary>
    public int Id { get; }

    /// <summary>The clock it was made for.</summary>
    public ClockId Clock { get; }

    /// <summary>timer_getoverrun(2): expiries that the last signal stands for, beyond the first.</summary>
    public int Overrun => System.Threading.Volatile.Read(ref _overrun);

    /// <inheritdoc/>
    protected override bool IsWatched => !_notification.IsNone;

    /// <inheritdoc/>
    public override long ReadClock() => _thread is not null ? _cpuClock.Select(ProcessCpu.OfTask(_thread))
        : _measured is not null ? _cpuClock.Select(ProcessCpu.OfProcess(_measured))
        : Base.Clock.MonotonicNs();

    /// <summary>timer_settime(2): arms or disarms it.</summary>
    public void Set(Task task, bool isAbsolute, long valueNs, long intervalNs)
    {
        System.Threading.Volatile.Write(ref _overrun, 0);
        if (valueNs == 0)
        {
            Set(long.MaxValue, intervalNs);
            return;
        }

        bool isOwnScale = _cpuClock.IsValid || Clock == ClockId.Monotonic;
        valueNs = isAbsolute && isOwnScale ? task.Namespaces.Time.ToKernel(Clock, valueNs) : valueNs;
        long now = ReadClock();
        long origin = !isAbsolute ? now : isOwnScale ? 0 : now - GuestClocks.Read(task, Clock).Value;
        long target = valueNs > long.MaxValue - Math.Max(origin, 0) ? long.MaxValue - 1 : origin + valueNs;
        Set(target, intervalNs);
    }

    /// <inheritdoc/>
    protected override long NextLook(long targetNs, long nowNs) =>
        _cpuClock.IsValid ? ProcessCpuTimer.EarliestMoment(_process.Kernel, targetNs, nowNs) : targetNs;

    /// <inheritdoc/>
    protected override void OnExpired(long count)
    {
        // A timer has at most one signal queued: while that waits, expiries add to its overrun
        // (timer_getoverrun(2)).
        PendingSignals queue = _notification.Thread?.Pending ?? _process.Pending;
        int more = (int)Math.Min(count, int.MaxValue);
        using (_process.SignalLock.Enter())
        {
            if (queue.AddOverrun(_notification.Number, Id, more, out int overrun))
            {
                System.Threading.Volatile.Write(ref _overrun, overrun);
                return;
            }
        }

        System.Threading.Volatile.Write(ref _overrun, more - 1);
        if (_notification.Thread is { } thread)
        {
            _ = SignalSender.SendToTask(thread, _notification.ToSignal(Id, more - 1));
        }
        else
        {
            _ = SignalSender.SendToProcess(_process, _notification.ToSignal(Id, more - 1));
        }
    }
}
