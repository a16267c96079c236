// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.Text;
using Moat.Abi;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>The table of what is in /proc/PID (proc(5)).</summary>
internal static class ProcessEntries
{
    private const uint ReadAll = 0x124;
    private const uint ReadOwner = 0x100;
    private const uint WriteOwner = 0x1a4;

    /// <summary>All entries, in the order of Linux's listing.</summary>
    internal static readonly ProcessEntry[] All =
    [
        Directory("task", false, (context, task, _) => new ThreadListDirectory(context, task.Group)),
        Directory("fd", true, (context, task, _) => new FdDirectory(context, task)),
        Directory("fdinfo", true, (context, task, _) => new FdInfoDirectory(context, task)),
        Directory("ns", true, (context, task, _) => NamespaceLinks.Build(context, task)),
        Directory("net", true, (context, task, _) => NetworkFiles.Build(context, task)),
        File("environ", ReadOwner, true, (_, task, writer) => ProcessMemoryText.Environment(task, writer)),
        File("auxv", ReadOwner, true,
            (_, task, writer) => writer.Append(ProcessFigures.Space(task)?.AuxiliaryVector)),
        File("status", ReadAll, false, StatusText.Write),
        File("personality", ReadOwner, true, (_, task, writer) => writer.Append($"{task.Personality:x8}\n")),
        File("limits", ReadAll, false, (_, task, writer) => LimitsText.Write(task.Group.Limits, writer)),
        File("comm", WriteOwner, false, (_, task, writer) => writer.Append(task.Name).Append("\n"u8),
            SetName),
        File("cmdline", ReadAll, false, (_, task, writer) => ProcessMemoryText.CommandLine(task, writer)),
        ThreadAware("stat", StatText.Write),
        File("statm", ReadAll, false, StatText.WriteMemory),
        File("maps", ReadAll, true,
            (_, task, writer) => writer.Append(ProcessFigures.Space(task)?.FormatMaps())),
        File("smaps", ReadAll, true, SmapsText.Write),
        File("smaps_rollup", ReadAll, true, SmapsText.WriteRollup),
        File("numa_maps", ReadAll, true, SmapsText.WriteNodes),
        new("pagemap", FileType.Regular, true, (context, task, _) => new PagemapFile(context, task)),
        Directory("map_files", false, (context, task, _) => new MapFilesDirectory(context, task)),
        new("mem", FileType.Regular, true, (context, task, _) => new MemoryFile(context, task)),
        Link("cwd", task => task.FileSystem?.WorkingDirectory),
        Link("root", task => task.FileSystem?.Root),
        Link("exe", task => task.Group.Executable),
        File("mounts", ReadAll, false, (_, task, writer) => MountsText.WriteMounts(task, writer)),
        File("mountinfo", ReadAll, false, (_, task, writer) => MountsText.WriteMountInfo(task, writer)),
        File("mountstats", ReadOwner, false,
            (_, task, writer) => MountsText.WriteMountStatistics(task, writer)),
        File("wchan", ReadAll, false, (_, _, writer) => writer.Append("0")),
        File("stack", ReadOwner, true, (_, _, _) => { }),
        new("syscall", FileType.Regular, true, (context, task, _) => new CallFile(context, task)),
        PrivateThreadAware("io", AccountingText.WriteIo),
        File("sched", ReadAll, false, AccountingText.WriteSched),
        File("schedstat", ReadAll, false, (_, task, writer) => AccountingText.WriteSchedStat(task, writer)),
        new("children", FileType.Regular, true, (context, task, _) => new ProcessFile(
            context, task, ReadAll, false, AccountingText.WriteChildren), onlyInThreads: true),
        File("cpuset", ReadAll, false, (_, _, writer) => writer.Append("/\n")),
        File("cgroup", ReadAll, false, WriteCgroup),
        File("oom_score", ReadAll, false, (_, _, writer) => writer.Append("0\n")),
        File("oom_adj", WriteOwner, false,
            (_, task, writer) => writer.Append($"{task.Group.OomScoreAdjust * 17 / 1000}\n")),
        File("oom_score_adj", WriteOwner, false,
            (_, task, writer) => writer.Append($"{task.Group.OomScoreAdjust}\n"), SetOomScore),
        File("loginuid", WriteOwner, false, (_, _, writer) => writer.Append("4294967295")),
        File("sessionid", ReadAll, false, (_, _, writer) => writer.Append("4294967295")),
        IdMap("uid_map", IdMapKind.User),
        IdMap("gid_map", IdMapKind.Group),
        IdMap("projid_map", IdMapKind.Project),
        new("setgroups", FileType.Regular, false, (context, task, _) => new SetgroupsFile(context, task)),
        new("timens_offsets", FileType.Regular, false,
            (context, task, _) => new TimeOffsetsFile(context, task)),
        File("timerslack_ns", WriteOwner, false, (_, _, writer) => writer.Append("50000\n")),
        File("coredump_filter", WriteOwner, false,
            (_, task, writer) => writer.Append($"{(uint)task.Group.DumpFilter:x8}\n"), SetDumpFilter),
    ];

    private static ProcessEntry File(
        string name, uint permissions, bool isPrivate, Action<ProcContext, Task, ContentWriter> generate,
        Func<Task, byte[], Errno>? write = null) =>
        new(name, FileType.Regular, true,
            (context, task, _) => new ProcessFile(context, task, permissions, isPrivate, generate, write));

    private static ProcessEntry IdMap(string name, IdMapKind kind) =>
        new(name, FileType.Regular, false, (context, task, _) => new IdMapFile(context, task, kind));

    private static ProcessEntry ThreadAware(string name,
        Action<ProcContext, Task, bool, ContentWriter> generate) =>
        new(name, FileType.Regular, true, (context, task, isThread) => new ProcessFile(
            context, task, ReadAll, isPrivate: false,
            (inner, target, writer) => generate(inner, target, isThread, writer)));

    private static ProcessEntry PrivateThreadAware(string name,
        Action<ProcContext, Task, bool, ContentWriter> generate) =>
        new(name, FileType.Regular, true, (context, task, isThread) => new ProcessFile(
            context, task, ReadOwner, isPrivate: true,
            (inner, target, writer) => generate(inner, target, isThread, writer)));

    private static ProcessEntry Directory(string name, bool inThreads,
        Func<ProcContext, Task, bool, Inode> make) =>
        new(name, FileType.Directory, inThreads, make);

    private static ProcessEntry Link(string name, Func<Task, Location?> find) =>
        new(name, FileType.Symlink, true, (context, task, _) => new ProcessLink(context, task, find));

    private static void WriteCgroup(ProcContext context, Task task, ContentWriter writer)
    {
        CgroupNamespace space = (writer.Viewer as Task)?.Namespaces.Cgroup ?? task.Kernel.Cgroup;
        writer.Append($"0::{space.PathOf(task.Group.Cgroup)}\n");
    }

    private static Errno SetName(Task task, byte[] content)
    {
        ReadOnlySpan<byte> name = content.AsSpan().TrimEnd((byte)'\n');
        int end = name.IndexOf((byte)0);
        name = end >= 0 ? name[..end] : name;
        task.Name = name[..Math.Min(name.Length, 15)].ToArray();
        return Errno.Success;
    }

    private static Errno SetDumpFilter(Task task, byte[] content)
    {
        // As in C: 0x is hexadecimal, 0 octal (kstrtouint).
        string text = Encoding.Latin1.GetString(content).Trim();
        bool isHex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        int radix = isHex ? 16 : text.StartsWith('0') ? 8 : 10;
        ReadOnlySpan<char> digits = isHex ? text.AsSpan(2) : text;
        ulong value = 0;
        foreach (char digit in digits)
        {
            int number = char.IsAsciiHexDigit(digit) ? Convert.ToInt32(digit.ToString(), 16) : radix;
            if (number >= radix)
            {
                return Errno.EINVAL;
            }

            value = (value * (uint)radix) + (uint)number;
            if (value > uint.MaxValue)
            {
                return Errno.ERANGE;
            }
        }

        if (digits.IsEmpty)
        {
            return Errno.EINVAL;
        }

        task.Group.DumpFilter = (DumpFilter)value & DumpFilter.All;
        return Errno.Success;
    }

    private static Errno SetOomScore(Task task, byte[] content)
    {
        string text = Encoding.Latin1.GetString(content).Trim();
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, null, out int value)
            || value is < -1000 or > 1000)
        {
            return Errno.EINVAL;
        }

        if (value < task.Group.OomScoreAdjust && !task.Credentials.Has(Capability.SysResource))
        {
            return Errno.EACCES;
        }

        task.Group.OomScoreAdjust = value;
        return Errno.Success;
    }
}
