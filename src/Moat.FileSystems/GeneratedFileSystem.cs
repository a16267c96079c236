// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Base;
using Moat.Vfs;

namespace Moat.FileSystems;

/// <summary>A file system whose whole tree the kernel makes up: proc, sysfs, the device directory.</summary>
public sealed class GeneratedFileSystem : FileSystem
{
    private readonly Inode _root;

    /// <summary>An instance.</summary>
    /// <param name="vfs">The registry.</param>
    /// <param name="typeName">As in /proc/mounts.</param>
    /// <param name="magic">f_type of statfs(2).</param>
    /// <param name="buildRoot">Makes the root directory.</param>
    public GeneratedFileSystem(VirtualFileSystem vfs, string typeName, ulong magic,
        Func<FileSystem, Inode> buildRoot)
        : base(vfs)
    {
        TypeName = typeName;
        Magic = magic;
        _root = buildRoot(this);
    }

    /// <inheritdoc/>
    public override string TypeName { get; }

    /// <inheritdoc/>
    public override string Options => ShownOptions;

    /// <summary>Its own options in /proc/mounts; set while it is being mounted.</summary>
    public string ShownOptions { get; set; } = "";

    /// <inheritdoc/>
    public override bool CachesMissingNames => false;

    /// <inheritdoc/>
    public override bool RefusesNewNames => TypeName == "proc";

    /// <inheritdoc/>
    protected override Inode RootInode => _root;

    private ulong Magic { get; }

    /// <inheritdoc/>
    public override Result<FileSystemStatistics> GetStatistics() =>
        new FileSystemStatistics { Magic = Magic, BlockSize = 4096, NameLength = 255 };
}
