// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Resources;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Memory;

namespace Moat.Syscalls;

/// <summary>getrusage(2), times(2).</summary>
public static class Usage
{
    /// <summary>Clock ticks of 1/100 s (USER_HZ).</summary>
    private const long UserTickNs = 10_000_000;

    /// <summary>
    /// getrusage(2). Switches that a process did not want, and blocks of input and output, read as zero.
    /// </summary>
    [Syscall("getrusage")]
    public static SysResult GetUsage(Task task, UsageWho who, GuestPtr<ResourceUsage> usage)
    {
        CpuTimes times;
        MemoryFigures memory;
        switch (who)
        {
            case UsageWho.Self:
                times = ProcessCpu.OfProcess(task.Group);
                memory = ProcessCpu.MemoryOf(task.Group);
                break;
            case UsageWho.Children:
                times = task.Group.Cpu.Children;
                memory = task.Group.Cpu.OfChildren;
                break;
            case UsageWho.Thread:
                times = task.CpuClock.ReadOwn();
                memory = ProcessCpu.MemoryOf(task.Group);
                break;
            default:
                return Errno.EINVAL;
        }

        return usage.Write(task.Memory, ToUsage(times, memory));
    }

    /// <summary>times(2).</summary>
    [Syscall("times")]
    public static SysResult Times(Task task, GuestPtr<ProcessTimes> times)
    {
        if (!times.IsNull)
        {
            CpuTimes own = ProcessCpu.OfProcess(task.Group);
            CpuTimes children = task.Group.Cpu.Children;
            var ticks = new ProcessTimes(
                own.UserNs / UserTickNs, own.SystemNs / UserTickNs,
                children.UserNs / UserTickNs, children.SystemNs / UserTickNs);
            if (times.Write(task.Memory, ticks) != Errno.Success)
            {
                return Errno.EFAULT;
            }
        }

        return Clock.MonotonicNs() / UserTickNs;
    }

    /// <summary>The part of struct rusage that is known.</summary>
    internal static ResourceUsage ToUsage(CpuTimes times, in MemoryFigures memory) => new()
    {
        UserTime = Timeval.FromNanoseconds(Math.Max(times.UserNs, 0)),
        SystemTime = Timeval.FromNanoseconds(Math.Max(times.SystemNs, 0)),
        MaximumResident = memory.PeakKb,
        MinorFaults = memory.MinorFaults,
        MajorFaults = memory.MajorFaults,
        VoluntarySwitches = memory.Switches,
    };
}
