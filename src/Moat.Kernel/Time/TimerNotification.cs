// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Signals;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>What a POSIX timer does when it goes off (sigevent(3type)).</summary>
/// <param name="Number">The signal; 0 for SIGEV_NONE.</param>
/// <param name="Thread">The thread of SIGEV_THREAD_ID; null for the process.</param>
/// <param name="Value">sigev_value.</param>
public readonly record struct TimerNotification(int Number, Task? Thread, ulong Value)
{
    /// <summary>Nobody is told.</summary>
    public bool IsNone => Number == 0;

    /// <summary>The signal of one expiry.</summary>
    internal SigInfo ToSignal(int timerId, int overrun) => new()
    {
        Number = Number, Code = SigInfo.SI_TIMER, TimerId = timerId, Overrun = overrun, Value = Value,
    };
}
