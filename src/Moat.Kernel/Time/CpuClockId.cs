// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Time;

namespace Moat.Kernel.Time;

/// <summary>
/// A clockid_t that names CPU time: ~pid in the upper bits, three bits of kind (clock_getcpuclockid(3)).
/// </summary>
/// <param name="Id">The clock: 2, 3 or negative.</param>
public readonly record struct CpuClockId(ClockId Id)
{
    /// <summary>The process or thread; 0 for the caller's.</summary>
    public int ProcessId => (int)Id >= 0 ? 0 : ~((int)Id >> 3);

    public bool IsThread => Id == ClockId.ThreadCpuTime || ((int)Id < 0 && ((int)Id & 4) != 0);

    /// <summary>0 user and system in ticks, 1 user in ticks, 2 exact.</summary>
    public int Kind => (int)Id >= 0 ? 2 : (int)Id & 3;

    /// <summary>False for clocks that are not CPU time, and for those of character devices.</summary>
    public bool IsValid =>
        Id is ClockId.ProcessCpuTime or ClockId.ThreadCpuTime || ((int)Id < 0 && Kind != 3);

    /// <summary>The value of this clock, ns.</summary>
    public long Select(CpuTimes times) => Kind == 1 ? times.UserNs : times.TotalNs;
}
