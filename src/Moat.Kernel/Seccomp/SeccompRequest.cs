// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Seccomp;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Seccomp;

/// <summary>A call that waits for a supervisor's word (seccomp_unotify(2)).</summary>
/// <remarks>Locks: its listener's.</remarks>
internal sealed class SeccompRequest(Task task, ulong id, in SeccompData data)
{
    internal Task Task { get; } = task;

    internal ulong Id { get; } = id;

    internal SeccompData Data { get; } = data;

    /// <summary>A supervisor has received it.</summary>
    internal bool IsSent { get; set; }

    /// <summary>It has been answered, or never will be.</summary>
    internal bool IsDone { get; set; }

    internal SeccompAnswer Answer { get; set; }
}
