// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Tasks;

/// <summary>Which children a wait is for.</summary>
/// <param name="ProcessId">This one; 0 for any.</param>
/// <param name="GroupId">Those of this process group; 0 for any.</param>
public readonly record struct ChildSelector(int ProcessId, int GroupId)
{
    internal bool Matches(ThreadGroup child) =>
        (ProcessId == 0 || child.ProcessId == ProcessId)
            && (GroupId == 0 || child.ProcessGroup.Id == GroupId);

    internal bool Matches(Task tracee) =>
        (ProcessId == 0 || tracee.ThreadId == ProcessId)
            && (GroupId == 0 || tracee.Group.ProcessGroup.Id == GroupId);
}
