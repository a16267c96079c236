// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text.Json;
using Moat.FileSystems.Images;
using Moat.Vfs;

namespace Moat.FileSystems.Archives;

/// <summary>A container image: its layers as one tree, and what it says of processes.</summary>
internal static class ContainerImage
{
    private const int MostLayers = 500;

    /// <summary>Opens it.</summary>
    internal static ImageOpening Open(
        VirtualFileSystem vfs, IBlobs blobs, ContainerManifest manifest, ImageOptions options,
        ByteBudget left)
    {
        if (manifest.Layers.Count > MostLayers)
        {
            return ImageOpening.Failed($"image has more than {MostLayers} layers");
        }

        if (Config(manifest.Config) is not { } config)
        {
            return ImageOpening.Failed("image is damaged: its config is no JSON");
        }

        var tree = new ArchiveTree(vfs, options);
        foreach (string path in manifest.Layers)
        {
            if (Add(tree, blobs, path, left) is { } problem)
            {
                tree.FileSystem.Close();
                return ImageOpening.Failed(problem);
            }
        }

        return new ImageOpening(tree.FileSystem, config);
    }

    private static string? Add(ArchiveTree tree, IBlobs blobs, string path, ByteBudget left)
    {
        string shown = ManifestReader.Shown(path);
        if (blobs.Find(path) is not { } layer)
        {
            return $"image is not complete: layer {shown} is missing";
        }

        tree.FileSystem.Own(layer.Source);
        if (Compression.Undo(ref layer, left) is { } compression)
        {
            return $"layer {shown} {compression}";
        }

        if (layer.Length > 0 && !IsEmpty(layer) && !TarReader.IsTar(layer))
        {
            tree.FileSystem.Own(layer.Source);
            return $"layer {shown} is no tar";
        }

        return tree.Add(layer, hasWhiteouts: true) is { } problem ? $"layer {shown}: {problem}" : null;
    }

    /// <summary>An archive without entries: nothing but zeros.</summary>
    private static bool IsEmpty(ImageRegion layer)
    {
        Span<byte> block = stackalloc byte[512];
        return layer.Length >= block.Length
            && layer.Source.ReadExactly(block, layer.Start) == Abi.Errno.Success
            && !block.ContainsAnyExcept((byte)0);
    }

    private static ImageConfig? Config(ImageRegion region)
    {
        try
        {
            using JsonDocument? document = ManifestReader.Parse(region);
            if (document is null)
            {
                return null;
            }

            JsonElement config = JsonFields.Field(document.RootElement, "config");
            return new ImageConfig
            {
                Entrypoint = Clean(JsonFields.Texts(config, "Entrypoint")),
                Command = Clean(JsonFields.Texts(config, "Cmd")),
                Environment = Clean(JsonFields.Texts(config, "Env")),
                WorkingDirectory = Clean(JsonFields.Text(config, "WorkingDir")),
                User = Clean(JsonFields.Text(config, "User")),
            };
        }
        catch (InvalidOperationException)
        {
            // A text that is no UTF-16.
            return null;
        }
    }

    private static List<string> Clean(List<string> texts)
    {
        for (int i = 0; i < texts.Count; i++)
        {
            texts[i] = Clean(texts[i]);
        }

        return texts;
    }

    /// <summary>Up to the first NUL: what a program would see.</summary>
    private static string Clean(string text)
    {
        int end = text.IndexOf('\0');
        return end < 0 ? text : text[..end];
    }
}
