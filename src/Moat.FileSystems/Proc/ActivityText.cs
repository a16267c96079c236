// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/stat, loadavg, uptime, interrupts, softirqs: what the sandbox does.</summary>
internal static class ActivityText
{
    private const int FractionBits = 11;
    private const ulong One = 1 << FractionBits;

    private static readonly string[] s_softInterrupts =
    [
        "HI", "TIMER", "NET_TX", "NET_RX", "BLOCK", "IRQ_POLL", "TASKLET", "SCHED", "HRTIMER", "RCU",
    ];

    internal static void WriteUptime(ProcContext context, Caller caller, ContentWriter writer)
    {
        long centiseconds = (Clock.MonotonicNs() + BootOffset(caller)) / 10_000_000;
        long idle = Idle(context, ProcessCpu.OfAll(context.Kernel));
        writer.Append($"{centiseconds / 100}.{centiseconds % 100:00} {idle / 100}.{idle % 100:00}\n");
    }

    internal static void WriteLoad(ProcContext context, ContentWriter writer)
    {
        (ulong one, ulong five, ulong fifteen) = context.Kernel.Load.Read();
        Load(one);
        Load(five);
        Load(fifteen);
        TaskCounts counts = context.Kernel.Tree.Count();
        writer.Append($"{counts.Running}/{counts.Tasks} {counts.LastId}\n");

        void Load(ulong value)
        {
            value += One / 200;
            writer.Append($"{value >> FractionBits}.{((value & (One - 1)) * 100) >> FractionBits:00} ");
        }
    }

    internal static void WriteStatistics(ProcContext context, Caller caller, ContentWriter writer)
    {
        // Which processor did it is not known: each gets its share.
        CpuTimes used = ProcessCpu.OfAll(context.Kernel);
        int cpus = context.Facts.CpuCount;
        long user = ProcessFigures.Ticks(used.UserNs);
        long system = ProcessFigures.Ticks(used.SystemNs);
        long idle = Idle(context, used);
        writer.Append($"cpu  {user} 0 {system} {idle} 0 0 0 0 0 0\n");
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            writer.Append($"cpu{cpu} {user / cpus} 0 {system / cpus} {idle / cpus} 0 0 0 0 0 0\n");
        }

        TaskCounts counts = context.Kernel.Tree.Count();
        long boot = (Clock.RealtimeNs() - Clock.MonotonicNs() - BootOffset(caller)) / 1_000_000_000;
        writer.Append($"intr 0\nctxt {counts.Switches}\nbtime {boot}\nprocesses {counts.Forks}\n");
        writer.Append($"procs_running {Math.Max(counts.Running, 1)}\nprocs_blocked 0\n");
        writer.Append("softirq 0 0 0 0 0 0 0 0 0 0 0\n");
    }

    internal static void WriteInterrupts(ProcContext context, ContentWriter writer)
    {
        writer.Append("           ");
        WriteProcessors(context, writer);
    }

    internal static void WriteSoftInterrupts(ProcContext context, ContentWriter writer)
    {
        writer.Append("                    ");
        WriteProcessors(context, writer);
        foreach (string name in s_softInterrupts)
        {
            writer.Append(name.PadLeft(12)).Append(":");
            for (int cpu = 0; cpu < context.Facts.CpuCount; cpu++)
            {
                writer.Append($" {0,10}");
            }

            writer.Append("\n");
        }
    }

    private static void WriteProcessors(ProcContext context, ContentWriter writer)
    {
        for (int cpu = 0; cpu < context.Facts.CpuCount; cpu++)
        {
            writer.Append($"CPU{cpu}".PadRight(11));
        }

        writer.Append("\n");
    }

    // In ticks: all processors together.
    private static long Idle(ProcContext context, in CpuTimes used)
    {
        long all = ProcessFigures.Ticks(Clock.MonotonicNs()) * context.Facts.CpuCount;
        return Math.Max(all - ProcessFigures.Ticks(used.UserNs) - ProcessFigures.Ticks(used.SystemNs), 0);
    }

    // Of the reader's time namespace.
    private static long BootOffset(Caller caller) =>
        (caller as Task)?.Namespaces.Time.Offset(ClockId.BootTime) ?? 0;
}
