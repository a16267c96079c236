// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel.Tasks;

namespace Moat.Kernel.Time;

/// <summary>CPU time of tasks and processes, and what else they have used.</summary>
public static class ProcessCpu
{
    /// <summary>Of one thread, as far as others can tell.</summary>
    public static CpuTimes OfTask(Task task) => task.CpuClock.Read();

    /// <summary>Of all threads of a process, the exited ones too.</summary>
    public static CpuTimes OfProcess(ThreadGroup process)
    {
        using RankedLock.Scope scope = process.Kernel.Tree.Lock.Enter();
        return OfProcessLocked(process);
    }

    /// <summary>Of everything that ever ran in the sandbox.</summary>
    public static CpuTimes OfAll(LinuxKernel kernel)
    {
        using RankedLock.Scope scope = kernel.Tree.Lock.Enter();
        return Cgroups.CgroupCpu.UsedLocked(kernel.Cgroups.Root);
    }

    /// <summary>As <see cref="OfProcess"/>, with the tree lock held.</summary>
    public static CpuTimes OfProcessLocked(ThreadGroup process)
    {
        CpuTimes sum = process.Cpu.Exited + new CpuTimes(StubNs(process), 0);
        foreach (Task task in process.Tasks)
        {
            sum += new CpuTimes(0, task.CpuClock.Read().SystemNs);
        }

        return sum;
    }

    /// <summary>
    /// What the process's present stub has used; a vfork child is its parent's guest there and has none.
    /// </summary>
    internal static long StubNs(ThreadGroup process) =>
        process.BorrowsStub || process.Tasks.Count == 0 ? 0 : process.Leader.Mm?.Process.CpuTimeNs() ?? 0;

    /// <summary>The process gives up its stub, for another or for good: what that has used is kept.</summary>
    /// <param name="process">The process.</param>
    /// <param name="hasMemory">Its memory counts, too, which costs two reads of host files.</param>
    internal static void KeepStubTime(ThreadGroup process, bool hasMemory)
    {
        process.Cpu.AddExited(new CpuTimes(StubNs(process), 0));
        if (hasMemory)
        {
            process.Cpu.AddPast(OfStub(process));
        }
    }

    /// <summary>What a process has used of memory, by all its programs and threads.</summary>
    public static MemoryFigures MemoryOf(ThreadGroup process)
    {
        MemoryFigures sum = process.Cpu.Past.With(OfStub(process));
        using RankedLock.Scope scope = process.Kernel.Tree.Lock.Enter();
        foreach (Task task in process.Tasks)
        {
            sum = sum with { Switches = sum.Switches + task.SleepCount };
        }

        return sum;
    }

    private static MemoryFigures OfStub(ThreadGroup process) =>
        process.BorrowsStub || process.Leader?.Mm is not { } mm ? default
            : process.Kernel.HostFigures?.Read(mm.Process.Pid) ?? default;
}
