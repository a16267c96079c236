// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Signals;
using Moat.Base;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>
/// ITIMER_VIRTUAL and ITIMER_PROF: look at the process's CPU time as often as it could have been used up.
/// </summary>
internal sealed class ProcessCpuTimer : ClockTimer
{
    private const long ShortestLookNs = 1_000_000;
    private readonly ThreadGroup _process;
    private readonly bool _userOnly;
    private readonly Signal _signal;

    internal ProcessCpuTimer(ThreadGroup process, bool userOnly, Signal signal)
        : base(process.Kernel.Timers)
    {
        _process = process;
        _userOnly = userOnly;
        _signal = signal;
    }

    /// <inheritdoc/>
    public override long ReadClock()
    {
        CpuTimes times = ProcessCpu.OfProcess(_process);
        return _userOnly ? times.UserNs : times.TotalNs;
    }

    /// <summary>
    /// The earliest moment at which a clock that many CPUs may drive can have reached a value.
    /// </summary>
    internal static long EarliestMoment(LinuxKernel kernel, long targetNs, long nowNs) =>
        Clock.MonotonicNs() + Math.Max((targetNs - nowNs) / Math.Max(kernel.CpuCount, 1), ShortestLookNs);

    /// <inheritdoc/>
    protected override long NextLook(long targetNs, long nowNs) =>
        EarliestMoment(_process.Kernel, targetNs, nowNs);

    /// <inheritdoc/>
    protected override void OnExpired(long count) => SignalSender.SendToProcess(
        _process, new SigInfo { Number = (int)_signal, Code = SigInfo.SI_KERNEL });
}
