// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.FileSystems.Images;
using Moat.Vfs;

namespace Moat.FileSystems.Archives;

/// <summary>The files of a tar, or of all layers of a container image, as one read-only tree.</summary>
/// <remarks>
/// Names are in memory, contents are read from where they lie in the archives. Layers become one tree when
/// they are read, as if they had been unpacked over each other, so that a path is looked up once and not in
/// every layer.
/// </remarks>
internal sealed class ArchiveFileSystem : ImageFileSystem
{
    private const ulong Magic = 0x6d6f6174;

    internal ArchiveFileSystem(VirtualFileSystem vfs, ImageOptions options)
        : base(vfs, options) => Top = new ArchiveInode(this);

    public override string TypeName => "image";

    /// <summary>The root.</summary>
    internal ArchiveInode Top { get; }

    /// <summary>How many files there are, once the tree is made.</summary>
    internal int Files { get; set; }

    protected override Inode RootInode => Top;

    public override Result<FileSystemStatistics> GetStatistics() => new FileSystemStatistics
    {
        Magic = Magic, BlockSize = 4096, Files = (ulong)Files, NameLength = 255,
    };
}
