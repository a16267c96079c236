// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Scheduling;

/// <summary>
/// Has the host thread that runs a task's guest code follow its nice value, policy and CPUs.
/// </summary>
public static class HostScheduling
{
    /// <summary>After a change, and for a task with another host thread. Callable from any thread.</summary>
    public static void Follow(Task task)
    {
        int cpus = task.Kernel.CpuCount;
        TaskScheduling wanted = task.Scheduling;
        if (task.Stub is { } stub)
        {
            stub.Urgency.Follow(stub.Tid, wanted.ChosenCpus(cpus), cpus, wanted.Nice, wanted.Policy);
        }
    }
}
