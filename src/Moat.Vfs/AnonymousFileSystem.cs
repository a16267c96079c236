// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Generated;

namespace Moat.Vfs;

/// <summary>The file system that files without a path belong to; it has no visible tree.</summary>
internal sealed class AnonymousFileSystem : FileSystem
{
    private readonly StaticDirectory _root;

    internal AnonymousFileSystem(VirtualFileSystem vfs)
        : base(vfs) => _root = new StaticDirectory(this, 0x1ed);

    public override string TypeName => "anon_inodefs";

    protected override Inode RootInode => _root;

    public override Result<FileSystemStatistics> GetStatistics() =>
        new FileSystemStatistics { Magic = 0x09041934, BlockSize = 4096, NameLength = 255 };
}
