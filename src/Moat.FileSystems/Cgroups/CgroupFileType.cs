// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Kernel.Cgroups;
using Moat.Vfs.Generated;

namespace Moat.FileSystems.Cgroups;

/// <summary>A file that every group has, or every group that a controller acts on.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Controller">The controller it belongs to; none for those that are always there.</param>
/// <param name="Read">Writes its content; null where it cannot be read.</param>
/// <param name="Write">Takes what is written, trimmed; null where nothing can be.</param>
internal sealed record CgroupFileType(
    string Name, CgroupControllers Controller, Func<CgroupContext, ContentWriter, Errno>? Read,
    Func<CgroupContext, string, Errno>? Write)
{
    /// <summary>True where the root has it, too.</summary>
    internal bool IsOfRoot { get; init; }

    internal byte[] Bytes { get; } = Encoding.ASCII.GetBytes(Name);

    /// <summary>0644, or 0444 and 0200 for what can only be read or written.</summary>
    internal uint Permissions => (Read is null ? 0u : 0x124u) | (Write is null ? 0u : 0x80u);

    internal bool IsIn(Cgroup group) => group.IsRoot ? IsOfRoot
        : Controller == CgroupControllers.None || (group.Controllers & Controller) != 0
            || (IsOfRoot && Controller == CgroupControllers.Cpu);

    internal ulong NumberIn(Cgroup group) =>
        (group.Number * CgroupFiles.NumbersOfGroup) + 1 + (ulong)Array.IndexOf(CgroupFiles.All, this);
}
