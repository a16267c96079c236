// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Fuse;

/// <summary>For how long a name leads to an inode without the daemon being asked.</summary>
/// <param name="Parent">The directory.</param>
/// <param name="Names">What its count of expired names was.</param>
/// <param name="Name">The name in it.</param>
/// <param name="Until">CLOCK_MONOTONIC in ns.</param>
internal sealed record FuseNameLease(FuseInode Parent, int Names, byte[] Name, long Until);
