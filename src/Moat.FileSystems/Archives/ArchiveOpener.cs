// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.FileSystems.Images;
using Moat.Vfs;

namespace Moat.FileSystems.Archives;

/// <summary>Opens tars, of whatever kind, and OCI image layouts.</summary>
internal static class ArchiveOpener
{
    /// <summary>A directory of the host, if it is an OCI image layout.</summary>
    internal static ImageOpening OpenLayout(VirtualFileSystem vfs, int directory, ImageOptions options)
    {
        var blobs = new DirectoryBlobs(directory);
        if (!ManifestReader.IsLayout(blobs))
        {
            return ImageOpening.None;
        }

        return Guard(() => Layout(vfs, blobs, options, new ByteBudget(options.InflatedBytes)));
    }

    /// <summary>A file: a tar, maybe compressed, of a root file system or of a container image.</summary>
    internal static ImageOpening Open(VirtualFileSystem vfs, ImageSource source, ImageOptions options)
    {
        ImageRegion region = ImageRegion.All(source);
        var left = new ByteBudget(options.InflatedBytes);
        string? problem = Compression.Undo(ref region, left);
        if (problem is null && !TarReader.IsTar(region))
        {
            problem = "neither an EROFS image nor a tar";
        }

        var tree = new ArchiveTree(vfs, options);
        tree.FileSystem.Own(source);
        problem ??= tree.Add(region, hasWhiteouts: false);
        ImageOpening opened = problem is null
            ? Guard(() => Choose(vfs, tree, options, left)) : ImageOpening.Failed(problem);
        if (opened.FileSystem is null)
        {
            tree.FileSystem.Close();
            region.Source.Close();
        }

        return opened;
    }

    private static ImageOpening Choose(
        VirtualFileSystem vfs, ArchiveTree tree, ImageOptions options, ByteBudget left)
    {
        var blobs = new ArchiveBlobs(tree);
        var reader = new ManifestReader(blobs);
        ContainerManifest? manifest = reader.ReadDocker();
        if (manifest is not null)
        {
            return ContainerImage.Open(vfs, blobs, manifest, options, left);
        }

        return reader.Problem is { } problem ? ImageOpening.Failed(problem)
            : ManifestReader.IsLayout(blobs) ? Layout(vfs, blobs, options, left)
            : new ImageOpening(tree.FileSystem);
    }

    private static ImageOpening Layout(
        VirtualFileSystem vfs, IBlobs blobs, ImageOptions options, ByteBudget left)
    {
        var reader = new ManifestReader(blobs);
        ContainerManifest? manifest = reader.ReadLayout();
        return manifest is not null ? ContainerImage.Open(vfs, blobs, manifest, options, left)
            : ImageOpening.Failed(reader.Problem ?? "OCI image layout is damaged");
    }

    /// <summary>JSON may hold texts that are none: the parser says so only when they are read.</summary>
    private static ImageOpening Guard(Func<ImageOpening> open)
    {
        try
        {
            return open();
        }
        catch (InvalidOperationException)
        {
            return ImageOpening.Failed("image is damaged: its manifest holds text that is none");
        }
    }
}
