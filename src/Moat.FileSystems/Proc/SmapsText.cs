// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Abi.Mman;
using Moat.Kernel.Tasks;
using Moat.Memory;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/PID/smaps, smaps_rollup and numa_maps.</summary>
/// <remarks>
/// The numbers are the host's for the same addresses of the stub; the platform's own mappings are left out.
/// Of pages of host files it says how many processes have them, which would tell of processes outside: they
/// count as shared, and whole.
/// </remarks>
internal static class SmapsText
{
    private const int NameWidth = 16;

    internal static void Write(ProcContext context, Task task, ContentWriter writer)
    {
        if (ProcessFigures.Space(task) is not { } space)
        {
            return;
        }

        var line = new ArrayBufferWriter<byte>(256);
        using MapsText maps = space.TakeMaps();
        using var host = new HostMappings(context.Facts, task.Mm.Process.Pid);
        foreach (MapsEntry entry in maps.Entries())
        {
            line.ResetWrittenCount();
            MapsText.WriteLine(line, in entry);
            writer.Append(line.WrittenSpan);
            MappingFigures figures = FiguresOf(in entry, host);
            Size(writer, "Size:"u8, (long)((entry.End - entry.Start) / 1024));
            Size(writer, "KernelPageSize:"u8, 4);
            Size(writer, "MMUPageSize:"u8, 4);
            Sizes(writer, in figures);
            writer.Append("THPeligible:           0\n");
            WriteFlags(in entry, writer);
            if (writer.IsOverfull)
            {
                return;
            }
        }
    }

    internal static void WriteRollup(ProcContext context, Task task, ContentWriter writer)
    {
        if (ProcessFigures.Space(task) is not { } space)
        {
            return;
        }

        using MapsText maps = space.TakeMaps();
        using var host = new HostMappings(context.Facts, task.Mm.Process.Pid);
        MappingFigures sum = default;
        (long ofAnonymous, long ofFiles, long ofShared) = (0, 0, 0);
        (ulong first, ulong last) = (ulong.MaxValue, 0);
        foreach (MapsEntry entry in maps.Entries())
        {
            MappingFigures one = FiguresOf(in entry, host);
            sum.Add(in one);
            (first, last) = (Math.Min(first, entry.Start), Math.Max(last, entry.End));
            long own = entry.Vma is { Object: null } ? one[MappingFigure.Pss]
                : Math.Min(one[MappingFigure.Anonymous], one[MappingFigure.PssDirty]);
            ofAnonymous += own;
            bool isFile = entry.Vma is null or { Object.IsHostFile: true };
            ofFiles += isFile ? one[MappingFigure.Pss] - own : 0;
            ofShared += isFile ? 0 : one[MappingFigure.Pss] - own;
        }

        writer.Append($"{Math.Min(first, last):x8}-{last:x8} ---p 00000000 00:00 0 ".PadRight(73));
        writer.Append("[rollup]\n");
        for (int i = 0; i < MappingFigures.Count; i++)
        {
            Size(writer, MappingFigures.NameOf(i), sum[i]);
            if ((MappingFigure)i == MappingFigure.PssDirty)
            {
                Size(writer, "Pss_Anon:"u8, ofAnonymous);
                Size(writer, "Pss_File:"u8, ofFiles);
                Size(writer, "Pss_Shmem:"u8, ofShared);
            }
        }
    }

    internal static void WriteNodes(ProcContext context, Task task, ContentWriter writer)
    {
        if (ProcessFigures.Space(task) is not { } space)
        {
            return;
        }

        using MapsText maps = space.TakeMaps();
        using var host = new HostMappings(context.Facts, task.Mm.Process.Pid);
        foreach (MapsEntry entry in maps.Entries())
        {
            writer.Append($"{entry.Start:x8} default");
            if (entry.Vma?.Object is not null)
            {
                writer.Append(" file=").Append(entry.Name ?? "");
            }
            else if (entry.Name is "[heap]" or "[stack]")
            {
                writer.Append(entry.Name is "[heap]" ? " heap" : " stack");
            }

            MappingFigures figures = FiguresOf(in entry, host);
            long pages = figures[MappingFigure.Rss] / 4;
            if (pages > 0)
            {
                long own = figures[MappingFigure.Anonymous] / 4;
                long dirty = (figures[MappingFigure.PrivateDirty] + figures[MappingFigure.SharedDirty]) / 4;
                Count(writer, " anon=", own);
                Count(writer, " dirty=", dirty);
                Count(writer, " mapped=", pages != own && pages != dirty ? pages : 0);
                Count(writer, " N0=", pages);
                writer.Append(" kernelpagesize_kB=4");
            }

            writer.Append("\n");
        }
    }

    // What the host has in the addresses of a guest mapping; those come in rising order.
    private static MappingFigures FiguresOf(in MapsEntry entry, HostMappings host)
    {
        while (host.End <= entry.Start && host.MoveNext())
        {
        }

        MappingFigures sum = default;
        while (host.Start < entry.End)
        {
            ulong from = Math.Max(host.Start, entry.Start);
            ulong to = Math.Min(host.End, entry.End);
            sum.AddShare(in host.Figures, to - from, host.End - host.Start);
            if (host.End > entry.End || !host.MoveNext())
            {
                break;
            }
        }

        Blur(in entry, ref sum);
        return sum;
    }

    private static void Blur(in MapsEntry entry, ref MappingFigures figures)
    {
        if (entry.Vma is not { Object: null })
        {
            long clean = figures[MappingFigure.SharedClean] + figures[MappingFigure.PrivateClean];
            figures[MappingFigure.SharedClean] = clean;
            figures[MappingFigure.PrivateClean] = 0;
            figures[MappingFigure.Pss] = figures[MappingFigure.PssDirty] + clean;
        }

        bool isLocked = entry.Vma is { IsLocked: true };
        figures[MappingFigure.Locked] = isLocked ? figures[MappingFigure.Pss] : 0;
    }

    private static void Sizes(ContentWriter writer, in MappingFigures figures)
    {
        for (int i = 0; i < MappingFigures.Count; i++)
        {
            Size(writer, MappingFigures.NameOf(i), figures[i]);
        }
    }

    private static void Size(ContentWriter writer, ReadOnlySpan<byte> name, long kilobytes)
    {
        writer.Append(name).Append("                "u8[..Math.Max(NameWidth - name.Length, 0)]);
        writer.Append($"{kilobytes,8} kB\n");
    }

    private static void Count(ContentWriter writer, string name, long pages)
    {
        if (pages > 0)
        {
            writer.Append(name).Append(pages);
        }
    }

    private static void WriteFlags(in MapsEntry entry, ContentWriter writer)
    {
        writer.Append("VmFlags: ");
        if (entry.Vma is not { } vma)
        {
            writer.Append(entry.IsExecutable ? "rd ex mr mw me de \n" : "rd mr pf io de dd \n");
            return;
        }

        bool isShared = vma.IsShared && (vma.MaxProtection & MemoryProtection.Write) != 0;
        Flag((vma.Protection & MemoryProtection.Read) != 0, "rd ");
        Flag((vma.Protection & MemoryProtection.Write) != 0, "wr ");
        Flag((vma.Protection & MemoryProtection.Execute) != 0, "ex ");
        Flag(isShared, "sh ");
        Flag((vma.MaxProtection & MemoryProtection.Read) != 0, "mr ");
        Flag((vma.MaxProtection & MemoryProtection.Write) != 0, "mw ");
        Flag((vma.MaxProtection & MemoryProtection.Execute) != 0, "me ");
        Flag(vma.IsShared, "ms ");
        Flag(vma.GrowsDown, "gd ");
        Flag(vma.IsLocked, "lo ");
        Flag((vma.Flags & VmaFlags.SequentialRead) != 0, "sr ");
        Flag((vma.Flags & VmaFlags.RandomRead) != 0, "rr ");
        Flag((vma.Flags & VmaFlags.DontFork) != 0, "dc ");
        Flag((vma.Flags & VmaFlags.LockOnFault) != 0, "lf ");
        Flag((vma.Flags & VmaFlags.Accounted) != 0, "ac ");
        Flag((vma.Flags & VmaFlags.NoReserve) != 0, "nr ");
        Flag((vma.Flags & VmaFlags.WipeOnFork) != 0, "wf ");
        Flag((vma.Flags & VmaFlags.DontDump) != 0, "dd ");
        Flag((vma.Flags & VmaFlags.HugePage) != 0, "hg ");
        Flag((vma.Flags & VmaFlags.NoHugePage) != 0, "nh ");
        Flag((vma.Flags & VmaFlags.Mergeable) != 0, "mg ");
        writer.Append("\n");

        void Flag(bool isSet, string name) => writer.Append(isSet ? name : "");
    }
}
