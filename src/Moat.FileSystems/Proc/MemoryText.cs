// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Kernel;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>/proc/meminfo, /proc/vmstat and the same of the one memory node.</summary>
/// <remarks>
/// What is used is what the sandbox uses. Lines of what it cannot know, or does not have, are 0.
/// </remarks>
internal static class MemoryText
{
    private const long PageSize = 4096;

    internal static void WriteInfo(LinuxKernel kernel, ContentWriter writer)
    {
        SystemMemory memory = kernel.Memory.Read();
        long onLists = memory.Anonymous + memory.Shared;
        Span<(string Name, long Bytes)> rows =
        [
            ("MemTotal", memory.Total), ("MemFree", memory.Free), ("MemAvailable", memory.Available),
            ("Buffers", 0), ("Cached", memory.Cached), ("SwapCached", 0), ("Active", 0),
            ("Inactive", onLists + memory.File), ("Active(anon)", 0), ("Inactive(anon)", onLists),
            ("Active(file)", 0), ("Inactive(file)", memory.File), ("Unevictable", 0), ("Mlocked", 0),
            ("SwapTotal", 0), ("SwapFree", 0), ("Zswap", 0), ("Zswapped", 0), ("Dirty", 0),
            ("Writeback", 0), ("AnonPages", memory.Anonymous), ("Mapped", memory.Mapped),
            ("Shmem", memory.Shared), ("KReclaimable", 0), ("Slab", 0), ("SReclaimable", 0),
            ("SUnreclaim", 0), ("KernelStack", 0), ("PageTables", 0), ("SecPageTables", 0),
            ("NFS_Unstable", 0), ("Bounce", 0), ("WritebackTmp", 0), ("CommitLimit", memory.Total / 2),
            ("Committed_AS", onLists), ("VmallocTotal", 34359738367L << 10), ("VmallocUsed", 0),
            ("VmallocChunk", 0), ("Percpu", 0), ("AnonHugePages", 0), ("ShmemHugePages", 0),
            ("ShmemPmdMapped", 0), ("FileHugePages", 0), ("FilePmdMapped", 0),
        ];
        foreach ((string name, long bytes) in rows)
        {
            writer.Append($"{name}:".PadRight(16)).Append($"{bytes / 1024,8} kB\n");
        }

        writer.Append("HugePages_Total:       0\nHugePages_Free:        0\nHugePages_Rsvd:        0\n");
        writer.Append("HugePages_Surp:        0\nHugepagesize:       2048 kB\nHugetlb:               0 kB\n");
    }

    internal static void WriteNode(LinuxKernel kernel, ContentWriter writer)
    {
        SystemMemory memory = kernel.Memory.Read();
        long onLists = memory.Anonymous + memory.Shared;
        Span<(string Name, long Bytes)> rows =
        [
            ("MemTotal", memory.Total), ("MemFree", memory.Free), ("MemUsed", memory.Total - memory.Free),
            ("Active", 0), ("Inactive", onLists + memory.File), ("Active(anon)", 0),
            ("Inactive(anon)", onLists), ("Active(file)", 0), ("Inactive(file)", memory.File),
            ("Unevictable", 0), ("Mlocked", 0), ("Dirty", 0), ("Writeback", 0),
            ("FilePages", memory.Cached), ("Mapped", memory.Mapped), ("AnonPages", memory.Anonymous),
            ("Shmem", memory.Shared), ("Slab", 0),
        ];
        foreach ((string name, long bytes) in rows)
        {
            writer.Append("Node 0 ").Append($"{name}:".PadRight(16)).Append($"{bytes / 1024,8} kB\n");
        }

        writer.Append("Node 0 HugePages_Total:     0\nNode 0 HugePages_Free:      0\n");
        writer.Append("Node 0 HugePages_Surp:      0\n");
    }

    internal static void WriteStatistics(LinuxKernel kernel, ContentWriter writer)
    {
        SystemMemory memory = kernel.Memory.Read();
        MemoryFigures faults = default;
        foreach (ThreadGroup process in kernel.Tree.SnapshotProcesses())
        {
            if (process.State is ProcessState.Running or ProcessState.Stopped)
            {
                faults = faults.With(ProcessCpu.MemoryOf(process));
            }
        }

        faults = faults.With(kernel.Tree.PastMemory);
        long onLists = (memory.Anonymous + memory.Shared) / PageSize;
        Span<(string Name, long Value)> rows =
        [
            ("nr_free_pages", memory.Free / PageSize), ("nr_zone_inactive_anon", onLists),
            ("nr_zone_active_anon", 0), ("nr_zone_inactive_file", memory.File / PageSize),
            ("nr_zone_active_file", 0), ("nr_zone_unevictable", 0), ("nr_mlock", 0),
            ("nr_inactive_anon", onLists), ("nr_active_anon", 0),
            ("nr_inactive_file", memory.File / PageSize), ("nr_active_file", 0), ("nr_unevictable", 0),
            ("nr_slab_reclaimable", 0), ("nr_slab_unreclaimable", 0),
            ("nr_anon_pages", memory.Anonymous / PageSize), ("nr_mapped", memory.Mapped / PageSize),
            ("nr_file_pages", memory.Cached / PageSize), ("nr_dirty", 0), ("nr_writeback", 0),
            ("nr_shmem", memory.Shared / PageSize), ("nr_dirtied", 0), ("nr_written", 0),
            ("nr_kernel_stack", 0), ("nr_page_table_pages", 0), ("pgpgin", 0), ("pgpgout", 0),
            ("pswpin", 0), ("pswpout", 0), ("pgfree", 0),
            ("pgfault", faults.MinorFaults + faults.MajorFaults), ("pgmajfault", faults.MajorFaults),
            ("pgsteal_kswapd", 0), ("pgsteal_direct", 0), ("pgscan_kswapd", 0), ("pgscan_direct", 0),
            ("oom_kill", 0),
        ];
        foreach ((string name, long value) in rows)
        {
            writer.Append(name).Append($" {value}\n");
        }
    }
}
