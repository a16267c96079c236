// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Text;
using Moat.FileSystems.Tmpfs;
using Moat.Host;
using Moat.Host.Files;
using Moat.Kernel.Time;

namespace Moat.FileSystems.Proc;

/// <summary>What procfs and sysfs show of the host, gathered before the kernel process is confined.</summary>
public sealed class HostFacts : IHostFigures
{
    private HostFacts(string cpuInfo, int cpuCount, int procDirectory)
    {
        CpuInfo = cpuInfo;
        CpuCount = cpuCount;
        ProcDirectory = procDirectory;
    }

    /// <summary>/proc/cpuinfo.</summary>
    public string CpuInfo { get; }

    /// <summary>Processors that the sandbox may use.</summary>
    public int CpuCount { get; }

    /// <summary>Processors as a kernel list: "0-3".</summary>
    public string CpuList => CpuCount == 1 ? "0" : $"0-{CpuCount - 1}";

    /// <summary>
    /// A host descriptor of the procfs of the kernel process's PID namespace, where the stubs' resident sizes
    /// are read; -1 when there is none, and sizes are then those of the mappings.
    /// </summary>
    public int ProcDirectory { get; }

    /// <summary>/proc/sys/kernel/random/boot_id.</summary>
    public string BootId { get; } = Guid.NewGuid().ToString("D");

    /// <summary>Looks at the host.</summary>
    public static HostFacts Capture()
    {
        int procDirectory = HostProcMount.Open().TryGet(out int fd, out _) ? fd : -1;
        string cpuInfo = File.Exists("/proc/cpuinfo") ? File.ReadAllText("/proc/cpuinfo") : "";
        return new HostFacts(cpuInfo, Environment.ProcessorCount, procDirectory);
    }

    /// <inheritdoc/>
    public MemoryFigures Read(int hostPid) => HostStatusReader.Read(ProcDirectory, hostPid);

    /// <summary>What the sandbox was given, in bytes; 0 for as much as the machine has.</summary>
    public long MemoryLimit { get; set; }

    /// <summary>What tmpfs instances hold; null before there are any.</summary>
    public TmpfsBudget? Tmpfs { get; set; }

    /// <inheritdoc/>
    public long TotalBytes
    {
        get
        {
            long machine = (long)HostMemoryFigures.Read().TotalBytes;
            return MemoryLimit > 0 ? Math.Min(MemoryLimit, machine) : machine;
        }
    }

    /// <inheritdoc/>
    public long SharedBytes => Tmpfs?.UsedBytes ?? 0;

    /// <inheritdoc/>
    public ResidentMemory ReadResident(int hostPid) =>
        HostStatusReader.ReadResident(ProcDirectory, hostPid);

    /// <inheritdoc/>
    public long AnonymousBytes(int hostPid, bool share) =>
        HostStatusReader.ReadAnonymous(ProcDirectory, hostPid, share);

    /// <summary>Resident and shared pages of a stub process; false when the host does not tell.</summary>
    public bool TryGetResident(int hostPid, out long resident, out long shared)
    {
        resident = 0;
        shared = 0;
        Span<byte> buffer = stackalloc byte[128];
        ReadOnlySpan<byte> text = HostStatusReader.ReadFile(ProcDirectory, hostPid, "/statm"u8, buffer);
        string[] fields = Encoding.ASCII.GetString(text).Split(' ');
        return fields.Length > 2 && long.TryParse(fields[1], out resident)
            && long.TryParse(fields[2], out shared);
    }
}
