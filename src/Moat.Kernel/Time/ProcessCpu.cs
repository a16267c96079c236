// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>CPU time of tasks and processes.</summary>
public static class ProcessCpu
{
    /// <summary>Of one thread.</summary>
    public static CpuTimes OfTask(Task task) => task.CpuClock?.Read() ?? default;

    /// <summary>Of all threads of a process, the exited ones too.</summary>
    public static CpuTimes OfProcess(ThreadGroup process)
    {
        using RankedLock.Scope scope = process.Kernel.Tree.Lock.Enter();
        return OfProcessLocked(process);
    }

    /// <summary>As <see cref="OfProcess"/>, with the tree lock held.</summary>
    public static CpuTimes OfProcessLocked(ThreadGroup process)
    {
        CpuTimes sum = process.Cpu.Exited;
        foreach (Task task in process.Tasks)
        {
            sum += OfTask(task);
        }

        return sum;
    }
}
