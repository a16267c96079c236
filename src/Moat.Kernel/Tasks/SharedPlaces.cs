// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Kernel.Tasks;

/// <summary>Whether root and working directory are a task's alone (CLONE_FS).</summary>
public static class SharedPlaces
{
    /// <summary>True when another task has the same ones, and could change them under this one.</summary>
    public static bool With(Task task)
    {
        foreach (ThreadGroup process in task.Kernel.Tree.SnapshotProcesses())
        {
            using RankedLock.Scope scope = task.Kernel.Tree.Lock.Enter();
            foreach (Task other in process.Tasks)
            {
                if (other != task && other.FileSystem == task.FileSystem)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
