// SPDX-License-Identifier: Apache-2.0
using Moat.Memory;

namespace Moat.Vfs;

/// <summary>
/// What file systems may know of the task that calls them. The kernel's Task is the only subclass.
/// </summary>
public abstract class Caller
{
    /// <summary>The caller's present credentials.</summary>
    public Credentials Credentials { get; set; } = new();

    /// <summary>The caller's memory: copy in and out.</summary>
    public abstract UserMemory Memory { get; }

    /// <summary>Root directory, working directory and umask, shared by CLONE_FS.</summary>
    public FsContext FileSystem { get; set; } = null!;

    /// <summary>RLIMIT_FSIZE: the size beyond which this caller cannot make a file grow.</summary>
    public virtual long FileSizeLimit => long.MaxValue;

    /// <summary>A write or truncate was refused because of <see cref="FileSizeLimit"/> (SIGXFSZ).</summary>
    public virtual void OnFileSizeExceeded()
    {
    }

    /// <summary>The caller's descriptor table, shared by CLONE_FILES.</summary>
    public FdTable Files { get; set; } = null!;
}
