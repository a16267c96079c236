// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi.Time;
using Moat.Base;
using Moat.Host;
using Moat.Kernel.Tasks;
using Moat.Kernel.Time;
using Moat.Kernel.Uts;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>Files of procfs about the system as a whole.</summary>
internal static class SystemText
{
    internal const string Devices =
        "Character devices:\n  1 mem\n  5 /dev/tty\n  5 /dev/console\n  5 /dev/ptmx\n136 pts\n\nBlock"
            + " devices:\n";

    internal const string TerminalDrivers =
        "/dev/tty             /dev/tty        5       0 system:/dev/tty\n"
        + "/dev/console         /dev/console    5       1 system:console\n"
        + "/dev/ptmx            /dev/ptmx       5       2 system\n"
        + "pty_slave            /dev/pts      136 0-1048575 pty:slave\n"
        + "pty_master           /dev/ptm      128 0-1048575 pty:master\n";

    internal const string SysvMessageHeader =
        "       key      msqid perms      cbytes       qnum lspid lrpid   uid   gid  cuid  cgid      "
            + "stime      rtime      ctime\n";

    internal const string SysvSemaphoreHeader =
        "       key      semid perms      nsems   uid   gid  cuid  cgid      otime      ctime\n";

    internal const string SysvMemoryHeader =
        "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid"
            + "      atime      dtime      ctime                   rss                  swap\n";

    internal static void MemoryInfo(ContentWriter writer)
    {
        HostMemoryFigures host = HostMemoryFigures.Read();
        ulong available = host.FreeBytes + host.BufferBytes;
        Span<(string Name, ulong Bytes)> rows =
        [
            ("MemTotal", host.TotalBytes), ("MemFree", host.FreeBytes), ("MemAvailable", available),
            ("Buffers", host.BufferBytes), ("Cached", 0), ("SwapCached", 0), ("Active", 0), ("Inactive", 0),
            ("Active(anon)", 0), ("Inactive(anon)", 0), ("Active(file)", 0), ("Inactive(file)", 0),
            ("Unevictable", 0),
            ("Mlocked", 0), ("SwapTotal", host.SwapTotalBytes), ("SwapFree", host.SwapFreeBytes),
            ("Dirty", 0),
            ("Writeback", 0), ("AnonPages", 0), ("Mapped", 0), ("Shmem", host.SharedBytes),
            ("KReclaimable", 0),
            ("Slab", 0), ("SReclaimable", 0), ("SUnreclaim", 0), ("KernelStack", 0), ("PageTables", 0),
            ("NFS_Unstable", 0),
            ("Bounce", 0), ("WritebackTmp", 0), ("CommitLimit", (host.TotalBytes / 2) + host.SwapTotalBytes),
            ("Committed_AS", host.TotalBytes - host.FreeBytes), ("VmallocTotal", 34359738367UL << 10),
            ("VmallocUsed", 0),
            ("VmallocChunk", 0), ("AnonHugePages", 0), ("ShmemHugePages", 0), ("ShmemPmdMapped", 0),
        ];
        foreach ((string name, ulong bytes) in rows)
        {
            writer.Append($"{name}:".PadRight(16)).Append($"{bytes / 1024,8} kB\n");
        }

        writer.Append("HugePages_Total:       0\nHugePages_Free:        0\nHugePages_Rsvd:        0\n");
        writer.Append("HugePages_Surp:        0\nHugepagesize:       2048 kB\nHugetlb:               0 kB\n");
    }

    internal static void Uptime(ProcContext context, Caller caller, ContentWriter writer)
    {
        long idle = Clock.MonotonicNs() / 10_000_000 * context.Facts.CpuCount;
        long centiseconds = (Clock.MonotonicNs() + BootOffset(caller)) / 10_000_000;
        writer.Append($"{centiseconds / 100}.{centiseconds % 100:00} {idle / 100}.{idle % 100:00}\n");
    }

    internal static void LoadAverage(ProcContext context, ContentWriter writer)
    {
        HostMemoryFigures host = HostMemoryFigures.Read();
        Load(host.Load1);
        Load(host.Load5);
        Load(host.Load15);
        (int tasks, int last) = context.Kernel.Tree.CountAndLast();
        writer.Append($"1/{tasks} {last}\n");

        void Load(ulong value) => writer.Append($"{value >> 16}.{(value & 0xffff) * 100 / 65536:00} ");
    }

    // Of the reader's time namespace.
    private static long BootOffset(Caller caller) =>
        (caller as Task)?.Namespaces.Time.Offset(ClockId.BootTime) ?? 0;

    internal static void Statistics(ProcContext context, Caller caller, ContentWriter writer)
    {
        // What living guest processes used; the rest is idle. Which processor did it is not known: each gets
        // its share.
        CpuTimes used = default;
        foreach (ThreadGroup process in context.Kernel.Tree.SnapshotProcesses())
        {
            used += ProcessCpu.OfProcess(process) + process.Cpu.Children;
        }

        int cpus = context.Facts.CpuCount;
        long user = ProcessFigures.Ticks(used.UserNs);
        long system = ProcessFigures.Ticks(used.SystemNs);
        long idle = Math.Max((ProcessFigures.Ticks(Clock.MonotonicNs()) * cpus) - user - system, 0);
        writer.Append($"cpu  {user} 0 {system} {idle} 0 0 0 0 0 0\n");
        for (int cpu = 0; cpu < cpus; cpu++)
        {
            writer.Append($"cpu{cpu} {user / cpus} 0 {system / cpus} {idle / cpus} 0 0 0 0 0 0\n");
        }

        (_, int last) = context.Kernel.Tree.CountAndLast();
        long boot = (Clock.RealtimeNs() - Clock.MonotonicNs() - BootOffset(caller)) / 1_000_000_000;
        writer.Append($"intr 0\nctxt 0\nbtime {boot}\nprocesses {last}\nprocs_running 1\nprocs_blocked 0\n");
        writer.Append("softirq 0 0 0 0 0 0 0 0 0 0 0\n");
    }

    internal static void Version(ContentWriter writer)
    {
        writer.Append(KernelVersion.SystemName).Append(" version "u8).Append(KernelVersion.Release);
        writer.Append(" (moat@moat) (.NET 10) "u8).Append(KernelVersion.Version).Append("\n"u8);
    }

    internal static void FileSystems(VirtualFileSystem vfs, ContentWriter writer)
    {
        foreach (FileSystemType type in vfs.Types)
        {
            writer.Append(type.NeedsDevice ? "" : "nodev").Append("\t").Append(type.Name).Append("\n");
        }
    }

    internal static void Interrupts(ProcContext context, ContentWriter writer)
    {
        writer.Append("           ");
        for (int cpu = 0; cpu < context.Facts.CpuCount; cpu++)
        {
            writer.Append($"CPU{cpu}       ");
        }

        writer.Append("\n");
    }

    internal static void VmStatistics(ContentWriter writer)
    {
        HostMemoryFigures host = HostMemoryFigures.Read();
        writer.Append($"nr_free_pages {host.FreeBytes / 4096}\n");
        writer.Append("pgpgin 0\npgpgout 0\npswpin 0\npswpout 0\npgfault 0\npgmajfault 0\n");
    }
}
