// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Time;
using Moat.Vfs;

namespace Moat.FileSystems.Events;

/// <summary>A timerfd (timerfd_create(2)): counts the expirations of a timer until they are read.</summary>
/// <remarks>
/// Locks: its own, of rank Object, taken before that of the timer queue never: arming happens after it is
/// released. Invariants: the number of expirations is worked out from the clock when it is asked for; the
/// armed timer only wakes.
/// </remarks>
public sealed class TimerFile : OpenFile
{
    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly TimerQueue _timers;
    private readonly Alarm _alarm;
    private readonly InodeAttributes _attributes;
    private readonly ClockId _clock;
    private long _nextNs = long.MaxValue;
    private long _intervalNs;

    /// <summary>A disarmed timer.</summary>
    public TimerFile(Caller caller, TimerQueue timers, ClockId clock, bool nonBlocking)
        : base(OpenFlags.ReadWrite | (nonBlocking ? OpenFlags.NonBlock : 0))
    {
        _timers = timers;
        _clock = clock;
        _alarm = new Alarm(this);
        _attributes = AnonymousInodes.Describe(
            AnonymousInodes.AnonymousDevice, AnonymousInodes.Next(), 0x180, caller.Credentials);
    }

    /// <inheritdoc/>
    public override string AnonymousName => "anon_inode:[timerfd]";

    /// <inheritdoc/>
    public override WaitQueue WaitQueue { get; } = new();

    /// <inheritdoc/>
    public override Result<InodeAttributes> GetAttributes() => _attributes;

    /// <summary>timerfd_settime(2); the specification has been checked. Returns the old one.</summary>
    /// <param name="absolute">TFD_TIMER_ABSTIME.</param>
    /// <param name="wanted">First expiry and period.</param>
    /// <param name="time">Whose clocks an absolute time is on.</param>
    public IntervalTimespec Set(bool absolute, in IntervalTimespec wanted, TimeNamespace time)
    {
        long now = Clock.MonotonicNs();
        long value = wanted.Value.ToNanoseconds();
        bool isRealtime = _clock is ClockId.Realtime or ClockId.RealtimeAlarm;
        value = absolute && value != 0 ? Math.Max(time.ToKernel(_clock, value), 1) : value;
        long next = long.MaxValue;
        if (value != 0)
        {
            long start = !absolute ? now : isRealtime ? now - Clock.RealtimeNs() : 0;
            next = value > long.MaxValue - Math.Max(start, 0)
                ? long.MaxValue - 1 : Math.Max(start + value, 1);
        }

        IntervalTimespec old;
        using (_lock.Enter())
        {
            old = RemainingLocked(now);
            _nextNs = next;
            _intervalNs = wanted.Interval.ToNanoseconds();
        }

        _timers.Arm(_alarm, next);
        return old;
    }

    /// <summary>timerfd_gettime(2).</summary>
    public IntervalTimespec Get()
    {
        using (_lock.Enter())
        {
            return RemainingLocked(Clock.MonotonicNs());
        }
    }

    /// <summary>noop_llseek: the position is always 0.</summary>
    public override Result<long> Seek(Caller caller, long offset, int whence) => 0L;

    /// <inheritdoc/>
    public override PollEvents Poll(Caller caller)
    {
        using (_lock.Enter())
        {
            return _nextNs <= Clock.MonotonicNs() ? PollEvents.In | PollEvents.ReadNormal : PollEvents.None;
        }
    }

    /// <inheritdoc/>
    public override Result<int> Read(Caller caller, Span<byte> buffer)
    {
        if (buffer.Length < 8)
        {
            return Errno.EINVAL;
        }

        long count = 1;
        long rearm;
        using (_lock.Enter())
        {
            long now = Clock.MonotonicNs();
            if (_nextNs > now)
            {
                return Errno.EAGAIN;
            }

            if (_intervalNs > 0)
            {
                count += (now - _nextNs) / _intervalNs;
                _nextNs += count * _intervalNs;
            }
            else
            {
                _nextNs = long.MaxValue;
            }

            rearm = _nextNs;
        }

        _timers.Arm(_alarm, rearm);
        BinaryPrimitives.WriteInt64LittleEndian(buffer, count);
        return 8;
    }

    /// <inheritdoc/>
    protected override void Destroy() => _timers.Cancel(_alarm);

    private IntervalTimespec RemainingLocked(long now)
    {
        long left = 0;
        if (_nextNs != long.MaxValue)
        {
            left = _nextNs - now;
            if (left <= 0)
            {
                left = _intervalNs > 0 ? _intervalNs - ((now - _nextNs) % _intervalNs) : 0;
            }
        }

        return new(Timespec.FromNanoseconds(_intervalNs), Timespec.FromNanoseconds(left));
    }

    private sealed class Alarm(TimerFile owner) : KernelTimer
    {
        // Nobody reads an expired timer: then nothing needs to be armed until somebody does.
        protected override void Expire() => owner.WaitQueue.Wake(PollEvents.In | PollEvents.ReadNormal);
    }
}
