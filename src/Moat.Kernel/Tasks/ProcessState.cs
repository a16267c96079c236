// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Tasks;

/// <summary>Where a process stands in its life.</summary>
public enum ProcessState
{
    Running,

    /// <summary>Stopped by a job-control signal.</summary>
    Stopped,

    /// <summary>Exited, its parent has not waited yet.</summary>
    Zombie,

    /// <summary>Reaped.</summary>
    Dead,
}
