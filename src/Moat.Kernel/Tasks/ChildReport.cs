// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Namespaces;
using Moat.Kernel.Time;

namespace Moat.Kernel.Tasks;

/// <summary>A child's change of state.</summary>
/// <param name="ProcessId">The child; 0 for none.</param>
/// <param name="Uid">Its real user.</param>
/// <param name="Status">As wait4 stores it.</param>
/// <param name="Code">CLD_*.</param>
/// <param name="Cpu">CPU time of the child and of the children it waited for.</param>
public readonly record struct ChildReport(int ProcessId, uint Uid, int Status, int Code, CpuTimes Cpu)
{
    /// <summary>Memory of the child and of the children it waited for.</summary>
    public MemoryFigures Memory { get; init; }

    /// <summary>Its numbers in nested PID namespaces.</summary>
    public PidNumbers? Numbers { get; init; }

    /// <summary>Its number as a task sees it, also when it has just been reaped.</summary>
    public int IdFor(Task task) =>
        Numbers is { } numbers ? numbers.In(task.PidSpace) : task.PidSpace.Parent is null ? ProcessId : 0;

    /// <summary>si_status: the exit code, or the signal.</summary>
    public int SignalStatus => Code switch
    {
        1 => Status >> 8 & 0xff,
        4 => Status >> 8,
        5 => Status >> 8 & 0xff,
        6 => 18,
        _ => Status & 0x7f,
    };
}
