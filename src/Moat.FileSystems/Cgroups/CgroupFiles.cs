// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Kernel.Cgroups;
using Moat.Vfs;

namespace Moat.FileSystems.Cgroups;

/// <summary>All files that control groups have.</summary>
internal static class CgroupFiles
{
    /// <summary>Inode numbers of one group: its directory's and its files'.</summary>
    internal const ulong NumbersOfGroup = 64;

    private static readonly Dictionary<byte[], CgroupFileType> s_byName = new(NameComparer.Instance);

    static CgroupFiles()
    {
        foreach (CgroupFileType file in All)
        {
            s_byName.Add(file.Bytes, file);
        }
    }

    /// <summary>In the order in which they are listed.</summary>
    internal static CgroupFileType[] All { get; } =
    [
        new("cgroup.controllers", CgroupControllers.None, CgroupCore.ReadControllers, null)
            { IsOfRoot = true },
        new("cgroup.events", CgroupControllers.None, CgroupCore.ReadEvents, null),
        new("cgroup.freeze", CgroupControllers.None, CgroupCore.ReadFreeze, CgroupCore.WriteFreeze),
        new("cgroup.kill", CgroupControllers.None, null, CgroupCore.WriteKill),
        new("cgroup.max.depth", CgroupControllers.None, CgroupCore.ReadMaxDepth, CgroupCore.WriteMaxDepth)
            { IsOfRoot = true },
        new("cgroup.max.descendants", CgroupControllers.None, CgroupCore.ReadMaxDescendants,
            CgroupCore.WriteMaxDescendants) { IsOfRoot = true },
        new("cgroup.procs", CgroupControllers.None, CgroupMoves.ReadProcesses, CgroupMoves.WriteProcess)
            { IsOfRoot = true },
        new("cgroup.stat", CgroupControllers.None, CgroupCore.ReadStatistics, null) { IsOfRoot = true },
        new("cgroup.subtree_control", CgroupControllers.None, CgroupCore.ReadForChildren,
            CgroupCore.WriteForChildren) { IsOfRoot = true },
        new("cgroup.threads", CgroupControllers.None, CgroupMoves.ReadThreads, CgroupMoves.WriteThread)
            { IsOfRoot = true },
        new("cgroup.type", CgroupControllers.None, CgroupCore.ReadType, CgroupCore.WriteType),
        new("cpu.max", CgroupControllers.Cpu, CgroupLimits.ReadCpuMax, CgroupLimits.WriteCpuMax),
        new("cpu.stat", CgroupControllers.Cpu, CgroupLimits.ReadCpuStatistics, null) { IsOfRoot = true },
        new("cpu.weight", CgroupControllers.Cpu, CgroupLimits.ReadWeight, CgroupLimits.WriteWeight),
        new("memory.current", CgroupControllers.Memory, CgroupLimits.ReadResident, null),
        new("memory.events", CgroupControllers.Memory, CgroupLimits.ReadMemoryEvents, null),
        CgroupLimits.Bytes("memory.high", static memory => memory.High,
            static (memory, value) => memory.High = value),
        CgroupLimits.Bytes("memory.low", static memory => memory.Low,
            static (memory, value) => memory.Low = value),
        CgroupLimits.Bytes("memory.max", static memory => memory.Limit,
            static (memory, value) => memory.Limit = value),
        CgroupLimits.Bytes("memory.min", static memory => memory.Min,
            static (memory, value) => memory.Min = value),
        new("memory.oom.group", CgroupControllers.Memory, CgroupLimits.ReadKillsAll,
            CgroupLimits.WriteKillsAll),
        new("memory.peak", CgroupControllers.Memory, CgroupLimits.ReadPeak, null),
        new("pids.current", CgroupControllers.Pids, CgroupLimits.ReadTasks, null),
        new("pids.events", CgroupControllers.Pids, CgroupLimits.ReadTaskEvents, null),
        new("pids.max", CgroupControllers.Pids, CgroupLimits.ReadTaskLimit, CgroupLimits.WriteTaskLimit),
        new("pids.peak", CgroupControllers.Pids, CgroupLimits.ReadTaskPeak, null),
    ];

    internal static CgroupFileType? Find(ReadOnlySpan<byte> name) =>
        s_byName.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out CgroupFileType? file)
            ? file : null;
}
