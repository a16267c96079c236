// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Kernel.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>ITIMER_REAL: sends its process SIGALRM.</summary>
internal sealed class ProcessSignalTimer : ClockTimer
{
    private readonly ThreadGroup _process;

    internal ProcessSignalTimer(ThreadGroup process)
        : base(process.Kernel.Timers) => _process = process;

    /// <inheritdoc/>
    protected override void OnExpired(long count) => SignalSender.SendToProcess(
        _process, new SigInfo { Number = (int)Signal.SIGALRM, Code = SigInfo.SI_KERNEL });
}
