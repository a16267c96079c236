// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Base;

namespace Moat.Kernel.Time;

/// <summary>A timer that goes off when a clock reaches a value, once or with a period.</summary>
/// <remarks>
/// Locks: its own, of rank Object, for target and period; clocks are read and signals sent without it.
/// Invariants: a target of long.MaxValue means disarmed.
/// </remarks>
public abstract class ClockTimer : KernelTimer
{
    /// <summary>
    /// How soon a periodic timer may go off again: shorter periods count as several expiries at once.
    /// </summary>
    private const long ShortestPeriodNs = 50_000;

    private readonly RankedLock _lock = new(LockRank.Object);
    private readonly TimerQueue _queue;
    private long _targetNs = long.MaxValue;
    private long _intervalNs;

    /// <summary>A disarmed timer.</summary>
    protected ClockTimer(TimerQueue queue) => _queue = queue;

    /// <summary>False for timers that nobody is told of: they are only read.</summary>
    protected virtual bool IsWatched => true;

    /// <summary>The clock, ns. Called without locks of this class.</summary>
    public virtual long ReadClock() => Clock.MonotonicNs();

    /// <summary>Arms the timer for a value of its clock, or disarms it (long.MaxValue).</summary>
    public void Set(long targetNs, long intervalNs)
    {
        long now = ReadClock();
        using RankedLock.Scope scope = _lock.Enter();
        _targetNs = targetNs;
        _intervalNs = intervalNs;
        ScheduleLocked(now);
    }

    /// <summary>Disarms it.</summary>
    public void Disarm()
    {
        using RankedLock.Scope scope = _lock.Enter();
        if (_targetNs != long.MaxValue)
        {
            _targetNs = long.MaxValue;
            ScheduleLocked(0);
        }

        _intervalNs = 0;
    }

    /// <summary>What is left until the next expiry, 0 when disarmed, and the period.</summary>
    public void Get(out long remainingNs, out long intervalNs)
    {
        long now = ReadClock();
        using RankedLock.Scope scope = _lock.Enter();
        intervalNs = _intervalNs;
        if (_targetNs == long.MaxValue)
        {
            remainingNs = 0;
            return;
        }

        remainingNs = _targetNs - now;
        if (remainingNs > 0)
        {
            return;
        }

        // Due. A watched one goes off any moment; the others are as if they had.
        remainingNs = IsWatched ? 1 : _intervalNs == 0 ? 0 : _intervalNs - ((now - _targetNs) % _intervalNs);
    }

    /// <summary>It went off, so many times. Called on the timer thread, without locks.</summary>
    protected abstract void OnExpired(long count);

    /// <summary>
    /// When to look again at a clock that does not run evenly; the target itself for one that does.
    /// </summary>
    protected virtual long NextLook(long targetNs, long nowNs) => targetNs;

    /// <inheritdoc/>
    protected internal override void Expire()
    {
        long now = ReadClock();
        long count = 0;
        using (_lock.Enter())
        {
            if (_targetNs != long.MaxValue && now >= _targetNs)
            {
                count = 1;
                if (_intervalNs == 0)
                {
                    _targetNs = long.MaxValue;
                }
                else
                {
                    count += (now - _targetNs) / _intervalNs;
                    long next = _targetNs + (count * _intervalNs);
                    _targetNs = next < 0
                        ? long.MaxValue : Math.Max(next, now + Math.Min(ShortestPeriodNs, next));
                }
            }

            ScheduleLocked(now);
        }

        if (count > 0)
        {
            OnExpired(count);
        }
    }

    private void ScheduleLocked(long now)
    {
        if (IsWatched)
        {
            _queue.Arm(this, _targetNs == long.MaxValue ? long.MaxValue : NextLook(_targetNs, now));
        }
    }
}
