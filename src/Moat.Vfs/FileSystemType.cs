// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Contexts;

namespace Moat.Vfs;

/// <summary>A file system that mount(2) and fsopen(2) can make.</summary>
/// <param name="Name">As in /proc/filesystems.</param>
/// <param name="NeedsDevice">False prints "nodev".</param>
/// <param name="Begin">Begins the options of an instance, which will show the caller's namespaces.</param>
public sealed record FileSystemType(string Name, bool NeedsDevice, Func<Caller, FileSystemConfig> Begin)
{
    /// <summary>True when "name.anything" is a type as well (FS_HAS_SUBTYPE).</summary>
    public bool HasSubtypes { get; init; }

    /// <summary>Makes an instance of an option string at once.</summary>
    /// <param name="caller">Who mounts.</param>
    /// <param name="data">As in mount(2): "size=1m,mode=755".</param>
    public Result<FileSystem> Create(Caller caller, string data)
    {
        FileSystemConfig config = Begin(caller);
        Errno error = config.SetAll(caller, data);
        return error == Errno.Success ? config.Create(caller) : error;
    }
}
