// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel;
using Moat.Kernel.Cgroups;
using Moat.Kernel.Namespaces;
using Moat.Vfs;

namespace Moat.FileSystems.Cgroups;

/// <summary>The cgroup2 file system (cgroups(7)): one per cgroup namespace, all of the same groups.</summary>
/// <remarks>
/// What another namespace's instance removes is gone here, too: names are checked at each walk
/// (<see cref="CgroupDirectory.Revalidate"/>).
/// </remarks>
public sealed class CgroupFileSystem : FileSystem
{
    private const ulong Cgroup2Magic = 0x63677270;
    private readonly CgroupDirectory _root;

    private CgroupFileSystem(VirtualFileSystem vfs, LinuxKernel kernel, Cgroup root)
        : base(vfs)
    {
        Groups = kernel.Cgroups;
        Kernel = kernel;
        _root = new CgroupDirectory(this, root);
    }

    /// <inheritdoc/>
    public override string TypeName => "cgroup2";

    /// <inheritdoc/>
    public override bool CachesMissingNames => false;

    /// <inheritdoc/>
    public override bool NeedsRevalidation => true;

    internal CgroupTree Groups { get; }

    internal LinuxKernel Kernel { get; }

    /// <inheritdoc/>
    protected override Inode RootInode => _root;

    /// <summary>The instance of a namespace.</summary>
    public static CgroupFileSystem Of(VirtualFileSystem vfs, LinuxKernel kernel, CgroupNamespace space)
    {
        if (space.Files is null)
        {
            space.TrySetFiles(new CgroupFileSystem(vfs, kernel, space.Root ?? kernel.Cgroups.Root));
        }

        return (CgroupFileSystem)space.Files!;
    }

    /// <inheritdoc/>
    public override Result<FileSystemStatistics> GetStatistics() =>
        new FileSystemStatistics { Magic = Cgroup2Magic, BlockSize = 4096, NameLength = 255 };
}
