// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Moat.Abi;
using Moat.Abi.Signals;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>
/// A process's interval timers and POSIX timers. Fork's child has none; execve keeps the interval timers.
/// </summary>
/// <remarks>Locks: a leaf lock guards the table of POSIX timers.</remarks>
public sealed class ProcessTimers
{
    /// <summary>
    /// How many POSIX timers a process may have: they count as pending signals (RLIMIT_SIGPENDING).
    /// </summary>
    public const int Limit = 4096;

    private readonly ThreadGroup _process;
    private readonly ClockTimer[] _intervals;
    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly Dictionary<int, PosixTimer> _timers = [];
    private int _next;

    internal ProcessTimers(ThreadGroup process)
    {
        _process = process;
        CpuLimit = new CpuLimitTimer(process);
        _intervals =
        [
            new ProcessSignalTimer(process),
            new ProcessCpuTimer(process, userOnly: true, Signal.SIGVTALRM),
            new ProcessCpuTimer(process, userOnly: false, Signal.SIGPROF),
        ];
    }

    /// <summary>The timer of getitimer(2).</summary>
    public ClockTimer Interval(IntervalTimerKind kind) => _intervals[(int)kind];

    /// <summary>Watches RLIMIT_CPU.</summary>
    public CpuLimitTimer CpuLimit { get; }

    /// <summary>timer_create(2). EAGAIN when there are too many.</summary>
    /// <param name="creator">The caller.</param>
    /// <param name="clock">What it measures.</param>
    /// <param name="notification">What it does.</param>
    /// <param name="carriesId">True to send the timer's id as the signal's value: the default.</param>
    public Result<PosixTimer> Create(
        Task creator, ClockId clock, in TimerNotification notification, bool carriesId)
    {
        int id;
        using (_lock.Enter())
        {
            if (_timers.Count >= Limit)
            {
                return Errno.EAGAIN;
            }

            do
            {
                id = _next;
                _next = _next == int.MaxValue ? 0 : _next + 1;
            }
            while (_timers.ContainsKey(id));
        }

        TimerNotification told = carriesId ? notification with { Value = (uint)id } : notification;
        var timer = new PosixTimer(creator, id, clock, in told);
        using (_lock.Enter())
        {
            _timers[id] = timer;
        }

        return timer;
    }

    /// <summary>Finds a POSIX timer.</summary>
    public bool TryGet(int id, [NotNullWhen(true)] out PosixTimer? timer)
    {
        using RankedLock.Scope scope = _lock.Enter();
        return _timers.TryGetValue(id, out timer);
    }

    /// <summary>timer_delete(2); false when there is none.</summary>
    public bool Delete(int id)
    {
        PosixTimer? timer;
        using (_lock.Enter())
        {
            if (!_timers.Remove(id, out timer))
            {
                return false;
            }
        }

        timer.Disarm();
        return true;
    }

    /// <summary>Deletes all POSIX timers: on execve.</summary>
    public void DeleteAll()
    {
        PosixTimer[] all;
        using (_lock.Enter())
        {
            all = [.. _timers.Values];
            _timers.Clear();
        }

        foreach (PosixTimer timer in all)
        {
            timer.Disarm();
        }
    }

    /// <summary>Stops everything: the process has ended.</summary>
    public void Stop()
    {
        DeleteAll();
        CpuLimit.Disarm();
        foreach (ClockTimer timer in _intervals)
        {
            timer.Disarm();
        }
    }
}
