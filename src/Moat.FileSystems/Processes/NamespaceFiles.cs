// SPDX-License-Identifier: Apache-2.0
using Moat.Base;
using Moat.Kernel;
using Moat.Vfs;
using Moat.Vfs.Generated;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Processes;

/// <summary>nsfs: the files of namespaces, which keep them alive while open (namespaces(7)).</summary>
public sealed class NamespaceFiles : FileSystem
{
    private const ulong NsfsMagic = 0x6e736673;
    private readonly StaticDirectory _root;
    private readonly Mount _mount;

    private NamespaceFiles(VirtualFileSystem vfs)
        : base(vfs)
    {
        _root = new StaticDirectory(this, 0x16d);
        _mount = new Mount(Root, 0, "nsfs") { IsInternal = true };
    }

    /// <inheritdoc/>
    public override string TypeName => "nsfs";

    /// <inheritdoc/>
    public override bool BindsAnywhere => true;

    /// <inheritdoc/>
    protected override Inode RootInode => _root;

    /// <summary>The one of a sandbox.</summary>
    public static NamespaceFiles Of(LinuxKernel kernel, VirtualFileSystem vfs)
    {
        if (kernel.NamespaceFiles is null)
        {
            kernel.TrySetNamespaceFiles(new NamespaceFiles(vfs));
        }

        return (NamespaceFiles)kernel.NamespaceFiles!;
    }

    /// <summary>The file of a namespace.</summary>
    public Location LocationOf(GuestNamespace space) =>
        new(_mount, Dentry.CreateAnonymous(new NamespaceInode(this, space), NameOf(space)));

    /// <summary>"uts:[N]".</summary>
    public static string NameOf(GuestNamespace space) => $"{space.TypeName}:[{space.Number}]";

    /// <inheritdoc/>
    public override Result<FileSystemStatistics> GetStatistics() =>
        new FileSystemStatistics { Magic = NsfsMagic, BlockSize = 4096, NameLength = 255 };
}
