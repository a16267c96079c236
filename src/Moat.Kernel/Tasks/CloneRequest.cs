// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Sched;
using Moat.Abi.Signals;
using Moat.Kernel.Cgroups;

namespace Moat.Kernel.Tasks;

/// <summary>What clone(2), clone3(2), fork(2) and vfork(2) ask for, after decoding.</summary>
public readonly record struct CloneRequest
{
    public CloneFlags Flags { get; init; }

    public Signal ExitSignal { get; init; }

    /// <summary>The child's stack pointer; 0 keeps the parent's.</summary>
    public ulong StackPointer { get; init; }

    /// <summary>Where CLONE_PARENT_SETTID stores the id.</summary>
    public ulong ParentTid { get; init; }

    /// <summary>Where CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID act.</summary>
    public ulong ChildTid { get; init; }

    /// <summary>The child's fs base with CLONE_SETTLS.</summary>
    public ulong ThreadPointer { get; init; }

    /// <summary>The child's numbers, from its own PID namespace upwards; null for any.</summary>
    public int[]? ChosenIds { get; init; }

    /// <summary>CLONE_INTO_CGROUP: where a new process begins; null for its parent's group.</summary>
    public Cgroup? IntoCgroup { get; init; }

    /// <summary>True when all of the given flags are set.</summary>
    public bool Has(CloneFlags flags) => (Flags & flags) == flags;
}
