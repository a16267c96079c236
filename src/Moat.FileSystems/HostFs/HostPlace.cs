// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.HostFs;

/// <summary>Where a host inode was found: replaced as a whole when it is renamed.</summary>
/// <param name="Parent">The directory.</param>
/// <param name="Name">The name in it.</param>
internal sealed record HostPlace(HostInode Parent, byte[] Name);
