// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Namespaces;

namespace Moat.Kernel.Tasks;

/// <summary>
/// Numbers of processes at the edges: the kernel's own inside, those of a task's PID namespace outside.
/// </summary>
public static class TaskNumbers
{
    /// <summary>A process, thread, group or session as a task numbers it; 0 when it cannot see it.</summary>
    public static int ShowProcess(this Task task, int id) => task.Kernel.Tree.Show(id, task.PidSpace);

    /// <summary>The kernel's number for one that a task names; 0 for none.</summary>
    public static int ReadProcess(this Task task, int id) => TaskTree.ToGlobal(id, task.PidSpace);

    /// <summary>Finds a living task by the number that another one knows it by.</summary>
    public static Task? FindTask(this Task task, int id) => task.Kernel.Tree.FindTask(task.ReadProcess(id));

    /// <summary>Finds a process, zombies included, by the number that a task knows it by.</summary>
    public static ThreadGroup? FindProcess(this Task task, int id) =>
        task.Kernel.Tree.FindProcess(task.ReadProcess(id));

    /// <summary>A task's number in a PID namespace, also after its end; 0 where it is not seen.</summary>
    public static int NumberIn(this Task task, PidNamespace space) =>
        task.Numbers is { } numbers ? numbers.In(space) : space.Parent is null ? task.ThreadId : 0;
}
