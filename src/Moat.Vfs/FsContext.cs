// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs;

/// <summary>A task's root, working directory and umask (struct fs_struct); shared by CLONE_FS.</summary>
public sealed class FsContext
{
    public Location Root { get; set; }
    public Location WorkingDirectory { get; set; }

    /// <summary>Permission bits that new files lose.</summary>
    public uint Umask { get; set; } = 0x12;
}
