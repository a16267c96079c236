// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel;
using Moat.Kernel.Namespaces;
using Moat.Kernel.Tasks;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Proc;

/// <summary>procfs (proc(5)).</summary>
public static class ProcFileSystem
{
    private const ulong ProcMagic = 0x9fa0;

    /// <summary>Makes an instance to mount on /proc.</summary>
    public static FileSystem Create(
        VirtualFileSystem vfs, LinuxKernel kernel, HostFacts facts, PidNamespace? pids = null) =>
        new GeneratedFileSystem(
            vfs, "proc", ProcMagic, fileSystem => BuildRoot(new ProcContext(fileSystem, kernel, facts,
                pids ?? kernel.Pids)));

    private static ProcRoot BuildRoot(ProcContext context)
    {
        FileSystem fs = context.FileSystem;
        LinuxKernel kernel = context.Kernel;
        var root = new ProcRoot(context);
        root.Add("self", new GeneratedSymlink(fs, caller => ProcRoot.SelfPath(context, caller)))
            .Add("thread-self", new GeneratedSymlink(fs, caller => ProcRoot.ThreadSelfPath(context, caller)))
            .Add("mounts", new GeneratedSymlink(fs, "self/mounts"))
            .Add("net", new GeneratedSymlink(fs, "self/net"))
            .Add("cmdline", new TextFile(fs, "BOOT_IMAGE=/moat quiet\n"))
            .Add("cpuinfo", new TextFile(fs, context.Facts.CpuInfo))
            .Add("meminfo", new TextFile(fs, (_, writer) => MemoryText.WriteInfo(kernel, writer)))
            .Add("uptime", new TextFile(fs, (caller, writer) =>
                ActivityText.WriteUptime(context, caller, writer)))
            .Add("loadavg", new TextFile(fs, (_, writer) => ActivityText.WriteLoad(context, writer)))
            .Add("stat", new TextFile(fs, (caller, writer) =>
                ActivityText.WriteStatistics(context, caller, writer)))
            .Add("version", new TextFile(fs, (_, writer) => SystemText.Version(writer)))
            .Add("filesystems", new TextFile(fs, (_, writer) => SystemText.FileSystems(fs.Vfs, writer)))
            .Add("devices", new TextFile(fs, SystemText.Devices))
            .Add("partitions", new TextFile(fs, "major minor  #blocks  name\n\n"))
            .Add("swaps", new TextFile(fs, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"))
            .Add("diskstats", new TextFile(fs, ""))
            .Add("modules", new TextFile(fs, ""))
            .Add("interrupts", new TextFile(fs, (_, writer) => ActivityText.WriteInterrupts(context, writer)))
            .Add("softirqs", new TextFile(fs, (_, writer) =>
                ActivityText.WriteSoftInterrupts(context, writer)))
            .Add("consoles", new TextFile(fs, ""))
            .Add("misc", new TextFile(fs, SystemText.MiscDevices))
            .Add("execdomains", new TextFile(fs, "0-0\tLinux           \t[kernel]\n"))
            .Add("slabinfo", new TextFile(fs, SystemText.SlabHeader, 0x100))
            .Add("vmstat", new TextFile(fs, (_, writer) => MemoryText.WriteStatistics(kernel, writer)))
            .Add("cgroups", new TextFile(fs, (_, writer) => SystemText.Cgroups(kernel, writer)))
            .Add("locks", new PagedFile(fs, () => new LockPages(context)))
            .Add("keys", new TextFile(fs, (task, writer) => KeysText.Keys((Task)task, writer)))
            .Add("key-users", new TextFile(fs, (task, writer) => KeysText.Users(kernel, task, writer)))
            .Add("sys", SysctlTree.Build(context))
            .Add("sysvipc", new StaticDirectory(fs)
                .Add("msg", new TextFile(fs, (caller, writer) =>
                    SysvText.WriteMessages(context, caller, writer)))
                .Add("sem", new TextFile(fs, (caller, writer) =>
                    SysvText.WriteSemaphores(context, caller, writer)))
                .Add("shm", new TextFile(fs, (caller, writer) =>
                    SysvText.WriteMemory(context, caller, writer))))
            .Add("tty", new StaticDirectory(fs).Add("drivers", new TextFile(fs, SystemText.TerminalDrivers)))
            .Add("pressure", new StaticDirectory(fs))
            .Add("fs", new StaticDirectory(fs))
            .Add("bus", new StaticDirectory(fs));
        return root;
    }
}
