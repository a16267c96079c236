// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Memory;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/stat and statm.</summary>
internal static class StatText
{
    internal static void Write(ProcContext context, Task task, bool isThread, ContentWriter writer)
    {
        ThreadGroup group = task.Group;
        char state = ProcessFigures.State(task);
        Session? session = group.ProcessGroup?.Session;
        IControllingTerminal? terminal = session?.Terminal;
        int foreground = terminal is null ? -1 : context.Show(terminal.ForegroundGroup);
        writer.Append($"{context.Show(isThread ? task.ThreadId : group.ProcessId)} (");
        writer.Append(task.Name).Append(") "u8);
        writer.Append(new ReadOnlySpan<char>(in state));
        writer.Append($" {context.Show(group.Parent?.ProcessId ?? 0)}"
            + $" {context.Show(group.ProcessGroup?.Id ?? 0)}"
            + $" {context.Show(session?.Id ?? 0)}");
        writer.Append($" {terminal?.DeviceNumber ?? 0} {foreground} 4194304");
        MemoryFigures figures = isThread ? default : ProcessCpu.MemoryOf(group);
        MemoryFigures ofChildren = isThread ? default : group.Cpu.OfChildren;
        writer.Append($" {figures.MinorFaults} {ofChildren.MinorFaults}"
            + $" {figures.MajorFaults} {ofChildren.MajorFaults}");

        CpuTimes own = isThread ? ProcessCpu.OfTask(task) : ProcessCpu.OfProcess(group);
        CpuTimes children = isThread ? default : group.Cpu.Children;
        writer.Append($" {ProcessFigures.Ticks(own.UserNs)} {ProcessFigures.Ticks(own.SystemNs)}");
        writer.Append($" {ProcessFigures.Ticks(children.UserNs)} {ProcessFigures.Ticks(children.SystemNs)}");
        int nice = task.Scheduling.Nice;
        writer.Append($" {20 + nice} {nice} {Math.Max(group.Tasks.Count, 1)} 0");
        writer.Append($" {ProcessFigures.Ticks(group.StartTimeNs)}");
        AddressSpace? space = ProcessFigures.Space(task);
        AddressSpaceUsage usage = space?.GetUsage() ?? default;
        ProgramLayout program = space?.Program ?? default;
        (long resident, _) = ProcessFigures.Resident(context.Facts, task);
        writer.Append($" {usage.Total} {resident} 18446744073709551615");
        writer.Append($" {program.StartCode} {program.EndCode} {program.StartStack} 0 0");
        const ulong Standard = 0x7fffffff;
        writer.Append($" {task.Pending.Mask & Standard} {task.SignalMask & Standard}");
        writer.Append(
            $" {ProcessFigures.Handlers(task, true) & Standard}"
            + $" {ProcessFigures.Handlers(task, false) & Standard}");
        writer.Append($" 0 0 0 {(int)group.ExitSignal} 0 0 0 0 0 0");
        writer.Append($" {program.StartData} {program.EndData} 0");
        writer.Append($" {program.ArgumentsStart} {program.ArgumentsEnd}");
        writer.Append($" {program.EnvironmentStart} {program.EnvironmentEnd} {group.ExitStatus}\n");
    }

    internal static void WriteMemory(ProcContext context, Task task, ContentWriter writer)
    {
        AddressSpaceUsage usage = ProcessFigures.Space(task)?.GetUsage() ?? default;
        (long resident, long shared) = ProcessFigures.Resident(context.Facts, task);
        writer.Append($"{usage.Total / 4096} {resident} {shared} {usage.Executable / 4096} 0 ");
        writer.Append($"{(usage.Data + usage.Stack) / 4096} 0\n");
    }
}
