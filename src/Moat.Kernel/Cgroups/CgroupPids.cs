// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Kernel.Cgroups;

/// <summary>The pids controller of a group: tasks here and below.</summary>
/// <remarks>Locks: the tree lock.</remarks>
public sealed class CgroupPids
{
    /// <summary>pids.max.</summary>
    public long Limit { get; set; } = Cgroup.Max;

    /// <summary>pids.current.</summary>
    public long Current { get; private set; }

    /// <summary>pids.peak.</summary>
    public long Peak { get; private set; }

    /// <summary>How often its limit kept a task from being made: pids.events.</summary>
    public long Refused { get; private set; }

    /// <summary>May one more task be made in a group: false where a limit of it or above says no.</summary>
    internal static bool HasRoomLocked(Cgroup group)
    {
        for (Cgroup? at = group; at is not null; at = at.Parent)
        {
            if ((at.Controllers & CgroupControllers.Pids) != 0 && at.Pids.Current >= at.Pids.Limit)
            {
                at.Pids.Refused++;
                return false;
            }
        }

        return true;
    }

    /// <summary>Tasks come (or go, if negative), here and above.</summary>
    internal static void ChargeLocked(Cgroup? group, int tasks)
    {
        for (Cgroup? at = group; at is not null; at = at.Parent)
        {
            at.Pids.Current += tasks;
            at.Pids.Peak = Math.Max(at.Pids.Peak, at.Pids.Current);
        }
    }
}
