// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Kernel.Limits;
using Moat.Vfs;

namespace Moat.Kernel.Tasks;

/// <summary>
/// A process to be started from outside: the first one of a container, or one that joins it.
/// </summary>
public sealed class ProcessSpec
{
    /// <summary>argv; the first word names the program, by path or to be found in PATH.</summary>
    public required IReadOnlyList<byte[]> Arguments { get; init; }

    /// <summary>envp, "NAME=value".</summary>
    public required IReadOnlyList<byte[]> Environment { get; init; }

    public required Credentials Credentials { get; init; }

    /// <summary>Root, working directory and umask.</summary>
    public required FsContext FileSystem { get; init; }

    /// <summary>Its descriptors.</summary>
    public required FdTable Files { get; init; }

    public ResourceLimits Limits { get; init; } = new();

    /// <summary>Its nice value, -20 to 19.</summary>
    public int Nice { get; init; }

    /// <summary>
    /// Whether signals without a handler leave it alone: true for a container's first process.
    /// </summary>
    public bool IsProtectedInit { get; init; }

    /// <summary>Called once, on any thread, with the wait status when the process has ended.</summary>
    public Action<int>? Exited { get; init; }
}
