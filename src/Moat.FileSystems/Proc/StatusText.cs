// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/status.</summary>
internal static class StatusText
{
    internal static void Write(ProcContext context, Task task, ContentWriter writer)
    {
        ThreadGroup group = task.Group;
        char state = ProcessFigures.State(task);
        string stateName = state switch
        {
            'R' => "running", 'T' => "stopped", 't' => "tracing stop", 'Z' => "zombie",
            'D' => "disk sleep", _ => "sleeping",
        };
        writer.Append(
            $"Name:\t{task.Name}\n"
            + $"Umask:\t0{Convert.ToString(task.FileSystem?.Umask ?? 0, 8).PadLeft(3, '0')}\n");
        writer.Append("State:\t").Append(new ReadOnlySpan<char>(in state));
        writer.Append($" ({stateName})\nTgid:\t{context.Show(group.ProcessId)}\nNgid:\t0\n"
            + $"Pid:\t{context.Show(task.ThreadId)}\n");
        writer.Append($"PPid:\t{context.Show(group.Parent?.ProcessId ?? 0)}\n");
        writer.Append($"TracerPid:\t{context.Show(task.Trace?.Tracer.ThreadId ?? 0)}\n");
        Credentials ids = task.Credentials;
        IdMap uids = (writer.Viewer?.Credentials ?? ids).Space.Uids;
        IdMap gids = (writer.Viewer?.Credentials ?? ids).Space.Gids;
        writer.Append($"Uid:\t{uids.Show(ids.Uid)}\t{uids.Show(ids.EffectiveUid)}");
        writer.Append($"\t{uids.Show(ids.SavedUid)}\t{uids.Show(ids.FsUid)}\n");
        writer.Append($"Gid:\t{gids.Show(ids.Gid)}\t{gids.Show(ids.EffectiveGid)}");
        writer.Append($"\t{gids.Show(ids.SavedGid)}\t{gids.Show(ids.FsGid)}\n");
        writer.Append($"FDSize:\t{task.Files?.Capacity ?? 0}\nGroups:\t");
        foreach (uint gid in ids.Groups)
        {
            writer.Append($"{gids.Show(gid)} ");
        }

        writer.Append(ids.Groups.Length == 0 ? " \n" : "\n");
        Numbers(context, task, writer, "NStgid", group.ProcessId);
        Numbers(context, task, writer, "NSpid", task.ThreadId);
        Numbers(context, task, writer, "NSpgid", group.ProcessGroup?.Id ?? 0);
        Numbers(context, task, writer, "NSsid", group.ProcessGroup?.Session.Id ?? 0);
        writer.Append("Kthread:\t0\n");
        if (ProcessFigures.Space(task) is { } space)
        {
            WriteMemory(context, task, space.GetUsage(), writer);
        }

        WriteSignals(task, writer);
        writer.Append(
            $"CapInh:\t{ids.Inheritable:x16}\nCapPrm:\t{ids.Permitted:x16}\nCapEff:\t{ids.Effective:x16}\n");
        writer.Append($"CapBnd:\t{ids.Bounding:x16}\nCapAmb:\t{ids.Ambient:x16}\n");
        writer.Append($"NoNewPrivs:\t{(ids.NoNewPrivileges ? 1 : 0)}\n");
        writer.Append($"Seccomp:\t{(int)task.SeccompMode}\n");
        writer.Append($"Seccomp_filters:\t{task.SeccompFilter?.Depth ?? 0}\n");
        writer.Append("Speculation_Store_Bypass:\tvulnerable\nSpeculationIndirectBranch:\talways enabled\n");
        ulong cpus = context.Facts.CpuCount >= 64 ? ulong.MaxValue : (1UL << context.Facts.CpuCount) - 1;
        writer.Append($"Cpus_allowed:\t{cpus:x}\nCpus_allowed_list:\t{context.Facts.CpuList}\n");
        writer.Append("Mems_allowed:\t1\nMems_allowed_list:\t0\n");
        writer.Append($"voluntary_ctxt_switches:\t{task.SleepCount}\nnonvoluntary_ctxt_switches:\t0\n");
    }

    private static void WriteMemory(ProcContext context, Task task, in AddressSpaceUsage usage,
        ContentWriter writer)
    {
        ResidentMemory resident = ProcessFigures.ResidentByKind(context.Facts, task);
        long all = resident.Anonymous + resident.File + resident.Shared;
        Size(writer, "VmPeak", usage.Peak);
        Size(writer, "VmSize", usage.Total);
        Size(writer, "VmLck", usage.Locked);
        Size(writer, "VmPin", 0);
        long peak = Math.Max(ProcessCpu.MemoryOf(task.Group).PeakKb * 1024, all);
        Size(writer, "VmHWM", (ulong)peak);
        Size(writer, "VmRSS", (ulong)all);
        Size(writer, "RssAnon", (ulong)resident.Anonymous);
        Size(writer, "RssFile", (ulong)resident.File);
        Size(writer, "RssShmem", (ulong)resident.Shared);
        Size(writer, "VmData", usage.Data);
        Size(writer, "VmStk", usage.Stack);
        Size(writer, "VmExe", usage.Executable);
        Size(writer, "VmLib", usage.Libraries);
        Size(writer, "VmPTE", 0);
        Size(writer, "VmSwap", 0);
        Size(writer, "HugetlbPages", 0);
        writer.Append("CoreDumping:\t0\nTHP_enabled:\t1\nuntag_mask:\t0xffffffffffffffff\n");
    }

    private static void WriteSignals(Task task, ContentWriter writer)
    {
        ThreadGroup group = task.Group;
        ulong own;
        ulong shared;
        using (group.SignalLock.Enter())
        {
            own = task.Pending.Mask;
            shared = group.Pending.Mask;
        }

        int threads = Math.Max(group.Tasks.Count, 1);
        ulong limit = group.Limits.Soft(Abi.Resources.Resource.PendingSignals);
        writer.Append($"Threads:\t{threads}\nSigQ:\t0/{limit}\nSigPnd:\t{own:x16}\nShdPnd:\t{shared:x16}\n");
        writer.Append(
            $"SigBlk:\t{task.SignalMask:x16}\nSigIgn:\t{ProcessFigures.Handlers(task, true):x16}\n");
        writer.Append($"SigCgt:\t{ProcessFigures.Handlers(task, false):x16}\n");
    }

    // One for each PID namespace of the task, from that of the instance on downwards.
    private static void Numbers(ProcContext context, Task task, ContentWriter writer, string name, int id)
    {
        var spaces = new List<PidNamespace>();
        PidNamespace? at = task.PidSpace;
        while (at is not null && at.Level >= context.Pids.Level)
        {
            spaces.Add(at);
            at = at.Parent;
        }

        writer.Append(name).Append(":"u8);
        for (int i = spaces.Count - 1; i >= 0; i--)
        {
            writer.Append($"\t{context.Kernel.Tree.Show(id, spaces[i])}");
        }

        writer.Append("\n");
    }

    private static void Size(ContentWriter writer, string name, ulong bytes) =>
        writer.Append($"{name}:\t{bytes / 1024,8} kB\n");
}
