// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Cgroups;

/// <summary>Owner and permissions of a file that stands for a group.</summary>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
/// <param name="Permissions">Permission bits.</param>
public sealed record CgroupFileOwner(uint Uid, uint Gid, uint Permissions);
