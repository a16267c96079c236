// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Kernel.Scheduling;
using Moat.Kernel.Time;

namespace Moat.Kernel.Tasks;

/// <summary>The first steps of a new task on its own thread.</summary>
internal static class TaskStart
{
    /// <summary>
    /// Waits for a forked stub and stores the thread id where clone asked for it; false when the stub died.
    /// </summary>
    internal static bool Begin(Task task)
    {
        if (task.AwaitsFork)
        {
            if (!task.Stub.AwaitFork())
            {
                task.AwaitsFork = false;
                return false;
            }

            task.Mm.Memory.Bind(task.Mm.Process.Pid);
            task.AwaitsFork = false;
            if (task.Namespaces.Time.IsShifted)
            {
                // Its parent may live in another time namespace.
                VdsoClock.Redirect(task);
            }
        }

        HostScheduling.Follow(task);
        if (task.SetChildTid != 0)
        {
            // A failure is not reported, as on Linux (schedule_tail).
            _ = task.Mm.Memory.Write(task.SetChildTid, task.OwnId);
            task.SetChildTid = 0;
        }

        return true;
    }
}
