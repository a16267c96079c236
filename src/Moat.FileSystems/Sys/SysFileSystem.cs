// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.FileSystems.Proc;
using Moat.Kernel;
using Moat.Vfs;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Sys;

/// <summary>sysfs, as far as programs look for processors and memory there (sysfs(5)).</summary>
public static class SysFileSystem
{
    private const ulong SysfsMagic = 0x62656572;

    /// <summary>Makes an instance to mount on /sys.</summary>
    public static FileSystem Create(VirtualFileSystem vfs, LinuxKernel kernel, HostFacts facts) =>
        new GeneratedFileSystem(vfs, "sysfs", SysfsMagic, fileSystem => BuildRoot(fileSystem, kernel, facts));

    private static StaticDirectory BuildRoot(FileSystem fs, LinuxKernel kernel, HostFacts facts)
    {
        StaticDirectory huge = Texts(fs,
            ("enabled", "always [madvise] never"), ("defrag", "always defer defer+madvise [madvise] never"),
            ("shmem_enabled", "always within_size advise [never] deny force"), ("hpage_pmd_size", "2097152"),
            ("use_zero_page", "1"));
        return new StaticDirectory(fs, 0x16d)
            .Add("block", new StaticDirectory(fs))
            .Add("bus", new StaticDirectory(fs).Add("cpu", new StaticDirectory(fs)))
            .Add("class", new StaticDirectory(fs)
                .Add("net", new StaticDirectory(fs)
                    .Add("lo", new GeneratedSymlink(fs, "../../devices/virtual/net/lo")))
                .Add("block", new StaticDirectory(fs))
                .Add("tty", new StaticDirectory(fs)))
            .Add("dev", new StaticDirectory(fs)
                .Add("block", new StaticDirectory(fs))
                .Add("char", new StaticDirectory(fs)))
            .Add("devices", new StaticDirectory(fs)
                .Add("system", new StaticDirectory(fs)
                    .Add("cpu", Processors(fs, facts))
                    .Add("node", Nodes(fs, kernel, facts)))
                .Add("virtual", new StaticDirectory(fs).Add("net", new StaticDirectory(fs)
                    .Add("lo", LoopbackDevice.Build(fs)))))
            .Add("firmware", new StaticDirectory(fs))
            .Add("fs", new StaticDirectory(fs)
                .Add("cgroup", new StaticDirectory(fs))
                .Add("fuse", new StaticDirectory(fs)))
            .Add("kernel", new StaticDirectory(fs)
                .Add("mm", new StaticDirectory(fs)
                    .Add("transparent_hugepage", huge)
                    .Add("hugepages", new StaticDirectory(fs)))
                .Add("security", new StaticDirectory(fs))
                .Add("debug", new StaticDirectory(fs, 0x1c0)))
            .Add("module", new StaticDirectory(fs))
            .Add("power", new StaticDirectory(fs));
    }

    private static StaticDirectory Processors(FileSystem fs, HostFacts facts)
    {
        StaticDirectory cpus = Texts(fs,
            ("online", facts.CpuList), ("possible", facts.CpuList), ("present", facts.CpuList),
            ("offline", ""),
            ("isolated", ""), ("kernel_max", "8191"));
        string mask = Mask(facts.CpuCount);
        for (int cpu = 0; cpu < facts.CpuCount; cpu++)
        {
            string own = OneBit(cpu);
            StaticDirectory topology = Texts(fs,
                ("core_id", $"{cpu}"), ("physical_package_id", "0"), ("die_id", "0"), ("core_cpus", own),
                ("core_cpus_list", $"{cpu}"), ("thread_siblings", own), ("thread_siblings_list", $"{cpu}"),
                ("core_siblings", mask), ("core_siblings_list", facts.CpuList), ("package_cpus", mask),
                ("package_cpus_list", facts.CpuList), ("die_cpus", mask), ("die_cpus_list", facts.CpuList));
            StaticDirectory directory = Texts(fs, ("online", "1"));
            cpus.Add($"cpu{cpu}", directory.Add("topology", topology));
        }

        return cpus.Add("smt", Texts(fs, ("active", "0"), ("control", "notsupported")));
    }

    private static StaticDirectory Nodes(FileSystem fs, LinuxKernel kernel, HostFacts facts) =>
        Texts(fs, ("online", "0"), ("possible", "0"), ("has_cpu", "0"), ("has_memory", "0"))
            .Add("node0", Texts(fs,
                ("cpulist", facts.CpuList), ("cpumap", Mask(facts.CpuCount)), ("distance", "10"))
                .Add("meminfo", new TextFile(fs, (_, writer) => MemoryText.WriteNode(kernel, writer))));

    // A cpumask as the kernel prints it: 32-bit groups in hexadecimal, the highest first.
    private static string Mask(int count)
    {
        string text = "";
        for (int start = 0; start < count; start += 32)
        {
            int bits = Math.Min(count - start, 32);
            uint group = bits == 32 ? uint.MaxValue : (1u << bits) - 1;
            text = text.Length == 0 ? $"{group:x}" : $"{group:x}," + text.PadLeft(8, '0');
        }

        return text;
    }

    private static string OneBit(int cpu)
    {
        string text = $"{1u << (cpu & 31):x}";
        for (int group = 0; group < cpu / 32; group++)
        {
            text += ",00000000";
        }

        return text;
    }

    internal static StaticDirectory Texts(FileSystem fs,
        params ReadOnlySpan<(string Name, string Value)> files)
    {
        var directory = new StaticDirectory(fs);
        foreach ((string name, string value) in files)
        {
            directory.Add(name, new TextFile(fs, value + "\n"));
        }

        return directory;
    }
}
