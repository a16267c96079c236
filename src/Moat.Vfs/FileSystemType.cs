// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>A file system that mount(2) can make.</summary>
/// <param name="Name">As in /proc/filesystems.</param>
/// <param name="NeedsDevice">False prints "nodev".</param>
/// <param name="Create">Makes an instance from the data argument ("size=1m,mode=755").</param>
public sealed record FileSystemType(string Name, bool NeedsDevice, FileSystemFactory Create);
