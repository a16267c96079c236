// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Vfs;

/// <summary>A file system that mount(2) can make.</summary>
/// <param name="Name">As in /proc/filesystems.</param>
/// <param name="NeedsDevice">False prints "nodev".</param>
/// <param name="Create">Makes an instance from the data argument ("size=1m,mode=755").</param>
public sealed record FileSystemType(string Name, bool NeedsDevice, FileSystemFactory Create);

/// <summary>Makes a file system instance for mount(2).</summary>
/// <param name="caller">Who mounts.</param>
/// <param name="source">The source argument.</param>
/// <param name="data">The data argument, decoded as UTF-8.</param>
public delegate Result<FileSystem> FileSystemFactory(Caller caller, string source, string data);
