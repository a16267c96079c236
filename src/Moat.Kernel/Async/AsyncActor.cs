// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Async;

/// <summary>
/// Makes tasks in whose name calls are made on other threads than their own: they are in no tree, never run
/// guest code and never sleep; a call that would have to wait says EAGAIN.
/// </summary>
public static class AsyncActor
{
    /// <summary>A task that acts with another's memory, files and rights of this moment.</summary>
    public static Task For(Task task)
    {
        var actor = new Task(task.ThreadId, task.Group, task.Kernel.Deferred.Parker)
        {
            Credentials = task.Credentials, Files = task.Files, FileSystem = task.FileSystem,
        };
        actor.ActFor(task);
        return actor;
    }

    /// <summary>True while an actor still is what <see cref="For"/> would make.</summary>
    public static bool IsCurrent(Task actor, Task task) =>
        actor.Mm == task.Mm && actor.Files == task.Files && actor.FileSystem == task.FileSystem
        && ReferenceEquals(actor.Credentials, task.Credentials) && actor.Namespaces == task.Namespaces;
}
