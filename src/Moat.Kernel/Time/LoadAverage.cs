// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>
/// How many tasks wanted to run lately, as Linux averages it: a sample every five seconds
/// (kernel/sched/loadavg.c).
/// </summary>
/// <remarks>
/// Locks: a leaf lock. An idle sandbox is not woken: the timer rests when a sample finds nobody running, and
/// whoever wakes then starts it again; the samples in between are zeros. It does not begin in the sandbox's
/// first second, since short ones need no timer.
/// </remarks>
public sealed class LoadAverage : KernelTimer
{
    private const long PeriodNs = 5_000_000_000;
    private const long GraceNs = 1_000_000_000;
    private const int FractionBits = 11;
    private const ulong One = 1 << FractionBits;

    private static readonly ulong[] s_decays = [1884, 2014, 2037];

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly TaskTree _tree;
    private readonly TimerQueue _timers;
    private readonly long _startNs = Clock.MonotonicNs();
    private readonly ulong[] _loads = new ulong[3];
    private long _sampledNs;
    private volatile bool _isWatching;

    internal LoadAverage(TaskTree tree, TimerQueue timers)
    {
        _tree = tree;
        _timers = timers;
        _sampledNs = _startNs;
    }

    /// <summary>The averages over 1, 5 and 15 minutes, with 11 bits of fraction.</summary>
    public (ulong One, ulong Five, ulong Fifteen) Read()
    {
        NoteActivity();
        using (_lock.Enter())
        {
            if (!_isWatching)
            {
                SampleLocked(Clock.MonotonicNs(), 0);
            }

            return (_loads[0], _loads[1], _loads[2]);
        }
    }

    /// <summary>A task wakes or is made. No lock is held.</summary>
    internal void NoteActivity()
    {
        if (!_isWatching)
        {
            Begin();
        }
    }

    /// <inheritdoc/>
    protected internal override void Expire()
    {
        int running = _tree.Count().Running;
        long due;
        using (_lock.Enter())
        {
            SampleLocked(Clock.MonotonicNs(), (uint)running);
            _isWatching = running > 0;
            due = _sampledNs + PeriodNs;
        }

        if (running > 0)
        {
            _timers.Arm(this, due);
        }
        else if (_tree.Count().Running > 0)
        {
            // It woke while we were looking.
            NoteActivity();
        }
    }

    private void Begin()
    {
        long now = Clock.MonotonicNs();
        if (now - _startNs < GraceNs)
        {
            return;
        }

        long due;
        using (_lock.Enter())
        {
            if (_isWatching)
            {
                return;
            }

            _isWatching = true;
            SampleLocked(now, 0);
            due = _sampledNs + PeriodNs;
        }

        _timers.Arm(this, due);
    }

    // Adds the samples that are due.
    private void SampleLocked(long now, ulong running)
    {
        long periods = Math.Max((now - _sampledNs) / PeriodNs, 0);
        _sampledNs += periods * PeriodNs;
        for (; periods > 0 && (running | _loads[0] | _loads[1] | _loads[2]) != 0; periods--)
        {
            for (int i = 0; i < _loads.Length; i++)
            {
                _loads[i] = Next(_loads[i], s_decays[i], running * One);
            }
        }
    }

    private static ulong Next(ulong load, ulong decay, ulong active)
    {
        ulong next = (load * decay) + (active * (One - decay));
        next += active >= load ? One - 1 : 0;
        return next >> FractionBits;
    }
}
