// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Vfs.Namespaces;

namespace Moat.Vfs;

/// <summary>A file system that mount(2) can make.</summary>
/// <param name="Name">As in /proc/filesystems.</param>
/// <param name="NeedsDevice">False prints "nodev".</param>
/// <param name="Create">Makes an instance from the data argument ("size=1m,mode=755").</param>
/// <param name="Owner">The user namespace in which the one who mounts it needs CAP_SYS_ADMIN; null for the
/// initial one.</param>
public sealed record FileSystemType(string Name, bool NeedsDevice, FileSystemFactory Create,
    Func<Caller, UserNamespace>? Owner = null)
{
    /// <summary>
    /// True when it may be mounted in a user namespace only where it can be seen whole already: what covers
    /// parts of it shall not be got around.
    /// </summary>
    public bool MustBeVisible { get; init; }
}
