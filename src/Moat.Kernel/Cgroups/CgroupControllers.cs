// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Kernel.Cgroups;

/// <summary>The controllers of control groups that act in the guest (cgroups(7)).</summary>
[Flags]
public enum CgroupControllers
{
    None = 0,

    /// <summary>CPU time: cpu.max, cpu.stat.</summary>
    Cpu = 1,

    /// <summary>Resident memory of processes: memory.max and its like.</summary>
    Memory = 2,

    /// <summary>The number of tasks: pids.max.</summary>
    Pids = 4,

    /// <summary>Those that may be enabled beside processes: the kernel calls them threaded.</summary>
    Threaded = Cpu | Pids,

    All = Cpu | Memory | Pids,
}
