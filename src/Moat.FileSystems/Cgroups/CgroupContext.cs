// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Cgroups;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.FileSystems.Cgroups;

/// <summary>What the handlers of a group's files get to see.</summary>
/// <param name="FileSystem">Through which instance.</param>
/// <param name="Group">Of which group.</param>
/// <param name="Caller">Who reads or writes.</param>
internal sealed record CgroupContext(CgroupFileSystem FileSystem, Cgroup Group, Caller Caller)
{
    /// <summary>Who opened the file to be written.</summary>
    internal Credentials? Opener { get; init; }

    internal CgroupTree Groups => FileSystem.Groups;

    /// <summary>The guest thread; writers always are one.</summary>
    internal Task Task => (Task)Caller;
}
