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
/// whoever wakes then starts it again. It does not begin in the sandbox's first second, unless a second task
/// is made, since short ones need no timer. Of samples that were left out, each is what has used CPU time
/// meanwhile.
/// </remarks>
public sealed class LoadAverage : KernelTimer
{
    private const long PeriodNs = 5_000_000_000;
    private const long GraceNs = 1_000_000_000;
    private const long MostSamples = 4000;
    private const int FractionBits = 11;
    private const ulong One = 1 << FractionBits;

    private static readonly ulong[] s_decays = [1884, 2014, 2037];

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly LinuxKernel _kernel;
    private readonly long _startNs = Clock.MonotonicNs();
    private readonly ulong[] _loads = new ulong[3];
    private long _sampledNs;
    private long _usedNs;
    private volatile bool _isWatching;

    internal LoadAverage(LinuxKernel kernel)
    {
        _kernel = kernel;
        _sampledNs = _startNs;
    }

    /// <summary>The averages over 1, 5 and 15 minutes, with 11 bits of fraction.</summary>
    public (ulong One, ulong Five, ulong Fifteen) Read()
    {
        NoteActivity();
        using (_lock.Enter())
        {
            return (_loads[0], _loads[1], _loads[2]);
        }
    }

    /// <summary>A task wakes. No lock is held.</summary>
    internal void NoteActivity()
    {
        if (!_isWatching)
        {
            Begin(mayWait: true);
        }
    }

    /// <summary>A task has been made. No lock is held.</summary>
    internal void NoteFork()
    {
        if (!_isWatching)
        {
            Begin(mayWait: false);
        }
    }

    /// <inheritdoc/>
    protected internal override void Expire()
    {
        int running = _kernel.Tree.Count().Running;
        long used = ProcessCpu.OfAll(_kernel).TotalNs;
        long due;
        using (_lock.Enter())
        {
            SampleLocked(Clock.MonotonicNs(), (uint)running * One, used);
            _isWatching = running > 0;
            due = _sampledNs + PeriodNs;
        }

        if (running > 0)
        {
            _kernel.Timers.Arm(this, due);
        }
        else if (_kernel.Tree.Count().Running > 0)
        {
            // It woke while we were looking.
            NoteActivity();
        }
    }

    private void Begin(bool mayWait)
    {
        long now = Clock.MonotonicNs();
        if (mayWait && now - _startNs < GraceNs)
        {
            return;
        }

        long used = ProcessCpu.OfAll(_kernel).TotalNs;
        long due;
        using (_lock.Enter())
        {
            if (_isWatching)
            {
                return;
            }

            _isWatching = true;
            double busy = (double)Math.Max(used - _usedNs, 0) / Math.Max(now - _sampledNs, 1);
            SampleLocked(now, (ulong)(Math.Min(busy, _kernel.CpuCount) * One), used);
            due = _sampledNs + PeriodNs;
        }

        _kernel.Timers.Arm(this, due);
    }

    // Adds the samples that are due; the number has 11 bits of fraction.
    private void SampleLocked(long now, ulong active, long usedNs)
    {
        long periods = Math.Max((now - _sampledNs) / PeriodNs, 0);
        if (periods == 0)
        {
            return;
        }

        _usedNs = usedNs;
        _sampledNs += periods * PeriodNs;
        // It stays as it is from some time on.
        periods = Math.Min(periods, MostSamples);
        for (; periods > 0 && (active | _loads[0] | _loads[1] | _loads[2]) != 0; periods--)
        {
            for (int i = 0; i < _loads.Length; i++)
            {
                _loads[i] = Next(_loads[i], s_decays[i], active);
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
