// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Resources;
using Moat.Abi.Signals;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>
/// RLIMIT_CPU: SIGXCPU at the soft limit and every second after it, SIGKILL at the hard one.
/// </summary>
public sealed class CpuLimitTimer : ClockTimer
{
    private const long SecondNs = 1_000_000_000;
    private readonly ThreadGroup _process;

    internal CpuLimitTimer(ThreadGroup process)
        : base(process.Kernel.Timers) => _process = process;

    /// <inheritdoc/>
    public override long ReadClock() => ProcessCpu.OfProcess(_process).TotalNs;

    /// <summary>The limit has changed, or the process is new.</summary>
    public void Update()
    {
        ulong soft = _process.Limits.Soft(Resource.Cpu);
        Set(soft > long.MaxValue / SecondNs ? long.MaxValue : Math.Max((long)soft, 1) * SecondNs, 0);
    }

    /// <inheritdoc/>
    protected override long NextLook(long targetNs, long nowNs) =>
        ProcessCpuTimer.EarliestMoment(_process.Kernel, targetNs, nowNs);

    /// <inheritdoc/>
    protected override void OnExpired(long count)
    {
        long used = ReadClock();
        bool isOver = (ulong)(used / SecondNs) >= _process.Limits.Get(Resource.Cpu).Hard;
        if (!isOver)
        {
            Set(used + SecondNs, 0);
        }

        SignalSender.SendToProcess(_process, new SigInfo
        {
            Number = (int)(isOver ? Signal.SIGKILL : Signal.SIGXCPU), Code = SigInfo.SI_KERNEL,
        });
    }
}
