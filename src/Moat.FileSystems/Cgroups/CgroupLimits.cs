// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Cgroups;
using Moat.Kernel.Time;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Cgroups;

/// <summary>The files of the controllers: cpu.*, memory.*, pids.*.</summary>
internal static class CgroupLimits
{
    private const long LeastUs = 1000;
    private const long MostPeriodUs = 1_000_000;
    private const long MostQuotaUs = 18_446_744_073_709_551;

    internal static Errno ReadCpuMax(CgroupContext context, ContentWriter writer)
    {
        using RankedLock.Scope scope = context.Groups.Lock.Enter();
        CgroupCpu cpu = context.Group.Cpu;
        return Line(writer, $"{CgroupNumbers.Show(cpu.QuotaUs)} {cpu.PeriodUs}");
    }

    /// <summary>"QUOTA [PERIOD]", in microseconds.</summary>
    internal static Errno WriteCpuMax(CgroupContext context, string text)
    {
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is 0 or > 2 || !CgroupNumbers.TryParse(words[0], out long quota))
        {
            return Errno.EINVAL;
        }

        long period = context.Group.Cpu.PeriodUs;
        if (words.Length == 2
            && !long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out period))
        {
            return Errno.EINVAL;
        }

        return quota < LeastUs || period is < LeastUs or > MostPeriodUs
            || (quota != Cgroup.Max && quota > MostQuotaUs)
            ? Errno.EINVAL
            : context.Groups.Change(context.Group, group =>
            {
                group.Cpu.QuotaUs = quota;
                group.Cpu.PeriodUs = period;
                group.Cpu.PeriodBeganNs = 0;
            });
    }

    internal static Errno ReadCpuStatistics(CgroupContext context, ContentWriter writer)
    {
        using RankedLock.Scope scope = context.Groups.Lock.Enter();
        CgroupCpu cpu = context.Group.Cpu;
        CpuTimes used = CgroupCpu.UsedLocked(context.Group);
        writer.Append($"usage_usec {used.TotalNs / 1000}\nuser_usec {used.UserNs / 1000}\n");
        writer.Append($"system_usec {used.SystemNs / 1000}\n");
        if ((context.Group.Controllers & CgroupControllers.Cpu) != 0 && !context.Group.IsRoot)
        {
            writer.Append($"nr_periods {cpu.Periods}\nnr_throttled {cpu.Throttled}\n");
            writer.Append($"throttled_usec {cpu.ThrottledUs}\nnr_bursts 0\nburst_usec 0\n");
        }

        return Errno.Success;
    }

    internal static Errno ReadWeight(CgroupContext context, ContentWriter writer) =>
        Line(writer, $"{context.Group.Cpu.Weight}");

    internal static Errno WriteWeight(CgroupContext context, string text)
    {
        const int Most = 10_000;
        return !CgroupNumbers.TryParse(text, out long weight) ? Errno.EINVAL
            : weight is < 1 or > Most ? Errno.ERANGE
                : context.Groups.Change(context.Group, group => group.Cpu.Weight = weight);
    }

    /// <summary>A limit in bytes.</summary>
    internal static CgroupFileType Bytes(
        string name, Func<CgroupMemory, long> get, Action<CgroupMemory, long> set) =>
        new(name, CgroupControllers.Memory,
            (context, writer) => Line(writer, CgroupNumbers.Show(get(context.Group.Memory))),
            (context, text) => CgroupNumbers.TryParseBytes(text, out long value)
                ? context.Groups.Change(context.Group, group => set(group.Memory, value)) : Errno.EINVAL);

    internal static Errno ReadResident(CgroupContext context, ContentWriter writer) =>
        Line(writer, $"{context.Groups.ResidentBytes(context.Group)}");

    internal static Errno ReadPeak(CgroupContext context, ContentWriter writer)
    {
        long now = context.Groups.ResidentBytes(context.Group);
        return Line(writer, $"{Math.Max(now, context.Group.Memory.Peak)}");
    }

    internal static Errno ReadMemoryEvents(CgroupContext context, ContentWriter writer)
    {
        using RankedLock.Scope scope = context.Groups.Lock.Enter();
        CgroupMemory memory = context.Group.Memory;
        writer.Append($"low 0\nhigh {memory.HighEvents}\nmax {memory.MaxEvents}\noom {memory.MaxEvents}\n");
        writer.Append($"oom_kill {memory.OomKills}\noom_group_kill {memory.GroupKills}\n");
        return Errno.Success;
    }

    internal static Errno ReadKillsAll(CgroupContext context, ContentWriter writer) =>
        Line(writer, context.Group.Memory.KillsAll ? "1" : "0");

    internal static Errno WriteKillsAll(CgroupContext context, string text) =>
        CgroupNumbers.ParseSwitch(text, out bool all) == Errno.Success
            ? context.Groups.Change(context.Group, group => group.Memory.KillsAll = all) : Errno.EINVAL;

    internal static Errno ReadTasks(CgroupContext context, ContentWriter writer) =>
        Line(writer, $"{context.Group.Pids.Current}");

    internal static Errno ReadTaskPeak(CgroupContext context, ContentWriter writer) =>
        Line(writer, $"{context.Group.Pids.Peak}");

    internal static Errno ReadTaskEvents(CgroupContext context, ContentWriter writer) =>
        Line(writer, $"max {context.Group.Pids.Refused}");

    internal static Errno ReadTaskLimit(CgroupContext context, ContentWriter writer) =>
        Line(writer, CgroupNumbers.Show(context.Group.Pids.Limit));

    internal static Errno WriteTaskLimit(CgroupContext context, string text)
    {
        const long MostTasks = 1 << 22;
        return !CgroupNumbers.TryParse(text, out long limit)
            || (limit > MostTasks && limit != Cgroup.Max)
            ? Errno.EINVAL : context.Groups.Change(context.Group, group => group.Pids.Limit = limit);
    }

    private static Errno Line(ContentWriter writer, string text)
    {
        writer.Append(text).Append("\n");
        return Errno.Success;
    }
}
