// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>What a permission check needs of an inode.</summary>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
public readonly record struct InodeOwnership(uint Mode, uint Uid, uint Gid);
