// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel;
using Moat.Vfs;

namespace Moat.FileSystems.DevPts;

/// <summary>devpts: pseudo-terminals by number (pts(4)).</summary>
public static class PtsFileSystem
{
    private const ulong DevptsMagic = 0x1cd1;

    /// <summary>Makes an instance to mount on /dev/pts.</summary>
    public static FileSystem Create(VirtualFileSystem vfs, LinuxKernel kernel) =>
        new GeneratedFileSystem(vfs, "devpts", DevptsMagic,
            fileSystem => new PtsDirectory(fileSystem, kernel));
}
