// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Sched;
using Moat.Host.Processes;

namespace Moat.Platform;

/// <summary>
/// Has a stub thread run as its guest thread wishes: on which CPUs, how urgently (sched(7)).
/// </summary>
/// <remarks>
/// Host calls are made for changes only. Written by whichever task changes the wishes, one value at a time.
/// </remarks>
public sealed class StubUrgency
{
    private static readonly int s_usualNice = HostProcess.GetNice();

    private ulong[]? _cpus;
    private int _nice = s_usualNice;
    private SchedulingPolicy _policy;

    /// <summary>False once it has been made less urgent, which cannot always be undone.</summary>
    public bool IsUsual => _nice == s_usualNice && _policy == SchedulingPolicy.Other;

    /// <summary>Makes the host thread follow. Callable from any thread.</summary>
    /// <param name="tid">The host thread; 0 before it has started, when nothing is done.</param>
    /// <param name="cpus">A mask of the guest's CPUs; null for all of them.</param>
    /// <param name="cpuCount">How many the guest has.</param>
    /// <param name="nice">-20..19.</param>
    /// <param name="policy">Real-time ones count as usual: a CPU of the host is not a guest's to
    /// keep.</param>
    public void Follow(int tid, ulong[]? cpus, int cpuCount, int nice, SchedulingPolicy policy)
    {
        if (tid == 0)
        {
            return;
        }

        policy = policy is SchedulingPolicy.Batch or SchedulingPolicy.Idle ? policy : SchedulingPolicy.Other;
        if (policy != _policy)
        {
            // What the host refuses (the way back) leaves a thread that is not as usual.
            _policy = HostThread.SetPolicy(tid, policy) == Errno.Success ? policy : _policy;
        }

        if (nice != _nice)
        {
            _nice = HostThread.SetNice(tid, nice) == Errno.Success ? nice : _nice;
        }

        if (!cpus.AsSpan().SequenceEqual(_cpus))
        {
            _cpus = cpus;
            HostThread.SetCpus(tid, cpus, cpuCount);
        }
    }

    /// <summary>The host has made the thread as a copy of another.</summary>
    internal void CopyFrom(StubUrgency other)
    {
        _cpus = other._cpus;
        _nice = other._nice;
        _policy = other._policy;
    }
}
