// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/io, sched, schedstat and children.</summary>
internal static class AccountingText
{
    private const int DefaultWeight = 1024 << 10;

    internal static void WriteIo(ProcContext context, Task task, bool isThread, ContentWriter writer)
    {
        IoCounters io = isThread ? task.Io : task.Group.GetIo();
        writer.Append($"rchar: {io.ReadBytes}\nwchar: {io.WrittenBytes}\nsyscr: {io.Reads}\n");
        // What reaches a disk is the host's affair.
        writer.Append($"syscw: {io.Writes}\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n");
    }

    // How long tasks waited for a CPU of the host is not known.
    internal static void WriteSchedStat(Task task, ContentWriter writer) =>
        writer.Append($"{ProcessCpu.OfTask(task).TotalNs} 0 {task.SleepCount}\n");

    internal static void WriteSched(ProcContext context, Task task, ContentWriter writer)
    {
        writer.Append(task.Name);
        writer.Append($" ({context.Show(task.ThreadId)}, #threads: {task.Group.Tasks.Count})\n");
        writer.Append("-------------------------------------------------------------------\n");
        long used = ProcessCpu.OfTask(task).TotalNs;
        Time(writer, "se.exec_start", task.Group.StartTimeNs);
        Time(writer, "se.vruntime", used);
        Time(writer, "se.sum_exec_runtime", used);
        Number(writer, "se.nr_migrations", 0);
        Number(writer, "nr_switches", task.SleepCount);
        Number(writer, "nr_voluntary_switches", task.SleepCount);
        Number(writer, "nr_involuntary_switches", 0);
        Number(writer, "se.load.weight", DefaultWeight);
        Number(writer, "policy", (long)task.Scheduling.Policy);
        Number(writer, "prio", PriorityOf(task));
        Number(writer, "clock-delta", 0);
    }

    internal static void WriteChildren(ProcContext context, Task task, ContentWriter writer)
    {
        using (context.Kernel.Tree.Lock.Enter())
        {
            foreach (ThreadGroup child in task.Group.Children)
            {
                int id = context.Show(child.ProcessId);
                if (id != 0 && child.IsChildOf(task))
                {
                    writer.Append($"{id} ");
                }
            }
        }
    }

    // As the kernel counts them: 100 + 20 + nice, real-time ones below 100.
    private static long PriorityOf(Task task) =>
        task.Scheduling.Priority > 0 ? 99 - task.Scheduling.Priority : 120 + task.Scheduling.Nice;

    private static void Number(ContentWriter writer, string name, long value) =>
        writer.Append(name.PadRight(45)).Append(":").Append($"{value,21}\n");

    private static void Time(ContentWriter writer, string name, long ns) =>
        writer.Append(name.PadRight(45)).Append(":")
            .Append($"{ns / 1_000_000}.{ns % 1_000_000:000000}".PadLeft(21)).Append("\n");
}
