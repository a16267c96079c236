// SPDX-License-Identifier: Apache-2.0
using Moat.Base;

namespace Moat.Vfs;

/// <summary>Makes a file system instance for mount(2).</summary>
/// <param name="caller">Who mounts.</param>
/// <param name="source">The source argument.</param>
/// <param name="data">The data argument, decoded as UTF-8.</param>
public delegate Result<FileSystem> FileSystemFactory(Caller caller, string source, string data);
