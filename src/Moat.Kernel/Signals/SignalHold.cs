// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Signals;

/// <summary>
/// Keeps the tasks of several processes from going on with guest code until all have got a signal: on Linux
/// none of them sees another's death (the end of a pipe, say) before its own signal.
/// </summary>
/// <remarks>Held tasks spin: whoever holds them must be quick and wait for nothing.</remarks>
public readonly ref struct SignalHold
{
    private readonly List<Task>? _tasks;

    private SignalHold(List<Task> tasks) => _tasks = tasks;

    /// <summary>Holds the tasks of all, if they are more than one.</summary>
    public static SignalHold Of(LinuxKernel kernel, IReadOnlyList<ThreadGroup> processes)
    {
        if (processes.Count < 2)
        {
            return default;
        }

        var tasks = new List<Task>(processes.Count);
        using (kernel.Tree.Lock.Enter())
        {
            foreach (ThreadGroup process in processes)
            {
                tasks.AddRange(process.Tasks);
            }
        }

        foreach (Task task in tasks)
        {
            task.BeginHold();
        }

        return new SignalHold(tasks);
    }

    /// <summary>Lets them go on.</summary>
    public void Dispose()
    {
        foreach (Task task in _tasks ?? [])
        {
            task.EndHold();
        }
    }
}
