// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Quotas;

/// <summary>What holds for all users or all groups of a file system.</summary>
/// <param name="SpaceGrace">Seconds that one may be above the soft limit of space.</param>
/// <param name="InodeGrace">Seconds that one may be above the soft limit of inodes.</param>
public readonly record struct QuotaInfo(long SpaceGrace, long InodeGrace);
