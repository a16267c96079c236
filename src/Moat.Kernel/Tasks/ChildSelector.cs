// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Tasks;

/// <summary>Which children a wait is for.</summary>
/// <param name="ProcessId">This one; 0 for any.</param>
/// <param name="GroupId">Those of this process group; 0 for any.</param>
public readonly record struct ChildSelector(int ProcessId, int GroupId)
{
    /// <summary>One process; 0, a number that nobody has here, selects none.</summary>
    public static ChildSelector OfProcess(int id) => new(id == 0 ? -1 : id, 0);

    /// <summary>The members of a group; 0 selects none.</summary>
    public static ChildSelector OfGroup(int id) => new(0, id == 0 ? -1 : id);

    internal bool Matches(ThreadGroup child) =>
        (ProcessId == 0 || child.ProcessId == ProcessId)
            && (GroupId == 0 || child.ProcessGroup.Id == GroupId);

    internal bool Matches(Task tracee) =>
        (ProcessId == 0 || tracee.ThreadId == ProcessId)
            && (GroupId == 0 || tracee.Group.ProcessGroup.Id == GroupId);
}
