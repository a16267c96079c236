// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Cgroups;

/// <summary>The memory controller of a group: limits on what its processes have resident.</summary>
/// <remarks>
/// Locks: the tree lock. Resident sizes are the host's to tell: nobody is asked at each page, so a limit acts
/// within the time between two looks (<see cref="CgroupMonitor"/>).
/// </remarks>
public sealed class CgroupMemory
{
    /// <summary>memory.max, bytes: beyond it a process is killed.</summary>
    public long Limit { get; set; } = Cgroup.Max;

    /// <summary>memory.high, bytes: beyond it processes are slowed down.</summary>
    public long High { get; set; } = Cgroup.Max;

    /// <summary>memory.low and memory.min: nothing is ever reclaimed, so all is protected.</summary>
    public long Low { get; set; }

    /// <inheritdoc cref="Low"/>
    public long Min { get; set; }

    /// <summary>memory.oom.group: all are killed together.</summary>
    public bool KillsAll { get; set; }

    /// <summary>memory.peak, bytes, as far as anybody looked.</summary>
    public long Peak { get; internal set; }

    /// <summary>memory.events.</summary>
    public long HighEvents { get; internal set; }

    /// <inheritdoc cref="HighEvents"/>
    public long MaxEvents { get; internal set; }

    /// <inheritdoc cref="HighEvents"/>
    public long OomKills { get; internal set; }

    /// <inheritdoc cref="HighEvents"/>
    public long GroupKills { get; internal set; }

    /// <summary>Who was killed last for it, and when.</summary>
    internal ThreadGroup? Victim { get; set; }

    internal long KilledAtNs { get; set; }

    /// <summary>True while it is beyond memory.high: its processes run half of the time.</summary>
    internal bool IsSlowed { get; set; }
}
