// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>Something that has happened to a file, as fanotify looks at it.</summary>
internal readonly ref struct FanotifySource
{
    /// <summary>What, with FAN_ONDIR for a directory.</summary>
    internal FanotifyMask Mask { get; init; }

    /// <summary>To what.</summary>
    internal Inode Object { get; init; }

    /// <summary>A name of it; null for what is gone.</summary>
    internal Dentry? Entry { get; init; }

    /// <summary>The directory; null when what happened does not concern a name in one.</summary>
    internal Dentry? Directory { get; init; }

    /// <summary>The name in <see cref="Directory"/>.</summary>
    internal byte[] Name { get; init; }

    /// <summary>A name was added, taken away or changed: told to the directory.</summary>
    internal bool IsName { get; init; }

    /// <summary>The mount it went through, when there was a path; null otherwise.</summary>
    internal Mount? Mount { get; init; }

    /// <summary>Where a renamed file is now, for FAN_RENAME.</summary>
    internal Dentry? NewDirectory { get; init; }

    internal bool IsDirectory => (Mask & FanotifyMask.OnDirectory) != 0;
}
