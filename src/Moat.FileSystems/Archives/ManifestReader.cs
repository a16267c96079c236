// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Text.Json;
using Moat.Abi;
using Moat.FileSystems.Images;

namespace Moat.FileSystems.Archives;

/// <summary>
/// Reads the manifests of container images: those of `docker save`, and OCI image layouts
/// (image-layout.md, image-index.md, manifest.md of the OCI image specification).
/// </summary>
/// <remarks>Digests name files and are not computed: the image is hostile with or without them.</remarks>
internal sealed class ManifestReader(IBlobs blobs)
{
    private const int LargestDocument = 4 << 20;
    private const int MostIndexes = 4;

    /// <summary>What is wrong, in words that follow the image's name; null when nothing is.</summary>
    internal string? Problem { get; private set; }

    /// <summary>True when there is something to read.</summary>
    internal static bool IsLayout(IBlobs blobs) =>
        blobs.Find("oci-layout") is not null && blobs.Find("index.json") is not null;

    /// <summary>The manifest of `docker save`; null when there is none that looks like one.</summary>
    internal ContainerManifest? ReadDocker()
    {
        using JsonDocument? document = Document("manifest.json");
        if (document is null || document.RootElement.ValueKind != JsonValueKind.Array
            || document.RootElement.GetArrayLength() == 0)
        {
            // Some file of that name in a root file system.
            Problem = null;
            return null;
        }

        JsonElement image = document.RootElement[0];
        string config = JsonFields.Text(image, "Config");
        List<string> layers = JsonFields.Texts(image, "Layers");
        if (config.Length == 0 || layers.Count == 0)
        {
            return null;
        }

        if (document.RootElement.GetArrayLength() > 1)
        {
            Problem = $"holds {document.RootElement.GetArrayLength()} images; save one alone";
            return null;
        }

        return Make(config, layers);
    }

    /// <summary>The manifest of an OCI image layout for this machine.</summary>
    internal ContainerManifest? ReadLayout()
    {
        string path = "index.json";
        for (int depth = 0; depth < MostIndexes; depth++)
        {
            using JsonDocument? document = Document(path);
            if (document is null)
            {
                Problem ??= $"OCI image layout is damaged: {path} is not there or no JSON";
                return null;
            }

            JsonElement root = document.RootElement;
            if (JsonFields.Field(root, "layers").ValueKind == JsonValueKind.Array)
            {
                return ReadManifest(root);
            }

            JsonElement? chosen = Choose(JsonFields.Items(root, "manifests"));
            if (chosen is null || !TryPath(JsonFields.Text(chosen.Value, "digest"), out path))
            {
                Problem ??= "OCI image layout has no image for linux/amd64";
                return null;
            }
        }

        Problem = "OCI image layout nests indexes too deeply";
        return null;
    }

    private ContainerManifest? ReadManifest(JsonElement manifest)
    {
        var layers = new List<string>();
        foreach (JsonElement layer in JsonFields.Items(manifest, "layers"))
        {
            if (!TryPath(JsonFields.Text(layer, "digest"), out string path))
            {
                Problem = "OCI image layout is damaged: a layer has no digest";
                return null;
            }

            layers.Add(path);
        }

        if (!TryPath(JsonFields.Text(JsonFields.Field(manifest, "config"), "digest"), out string config))
        {
            Problem = "OCI image layout is damaged: the config has no digest";
            return null;
        }

        return Make(config, layers);
    }

    private ContainerManifest? Make(string config, List<string> layers)
    {
        if (blobs.Find(config) is { } found)
        {
            return new ContainerManifest(found, layers);
        }

        Problem = $"image is not complete: {Shown(config)} is missing";
        return null;
    }

    /// <summary>The one for this machine; or the only one, whatever it says.</summary>
    private JsonElement? Choose(List<JsonElement> manifests)
    {
        JsonElement? chosen = null;
        int images = 0;
        foreach (JsonElement manifest in manifests)
        {
            JsonElement platform = JsonFields.Field(manifest, "platform");
            string system = JsonFields.Text(platform, "os");
            string machine = JsonFields.Text(platform, "architecture");
            if (system == "unknown")
            {
                // Attestations, which are no images.
                continue;
            }

            images++;
            if ((system == "linux" && machine == "amd64") || platform.ValueKind == JsonValueKind.Undefined)
            {
                chosen ??= manifest;
            }
        }

        if (manifests.Count > 0 && chosen is null && images == 1)
        {
            Problem = "OCI image is for another kind of machine than linux/amd64";
        }

        return chosen;
    }

    private JsonDocument? Document(string path)
    {
        if (blobs.Find(path) is not { } region)
        {
            return null;
        }

        return Parse(region);
    }

    /// <summary>A JSON file; null when it is none.</summary>
    internal static JsonDocument? Parse(ImageRegion region)
    {
        if (region.Length is <= 0 or > LargestDocument)
        {
            return null;
        }

        byte[] bytes = new byte[(int)region.Length];
        if (region.Source.ReadExactly(bytes, region.Start) != Errno.Success)
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The file that a digest names: blobs/sha256/...</summary>
    private static bool TryPath(string digest, out string path)
    {
        int colon = digest.IndexOf(':');
        path = "";
        if (colon <= 0 || colon == digest.Length - 1 || digest.Length > 200)
        {
            return false;
        }

        foreach (char c in digest)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != ':')
            {
                return false;
            }
        }

        path = $"blobs/{digest[..colon]}/{digest[(colon + 1)..]}";
        return path.IndexOf(':') < 0;
    }

    /// <summary>A path of the image's in a message.</summary>
    internal static string Shown(string path)
    {
        Span<char> shown = stackalloc char[Math.Min(path.Length, 120)];
        for (int i = 0; i < shown.Length; i++)
        {
            shown[i] = path[i] is >= ' ' and < (char)0x7f ? path[i] : '?';
        }

        return new string(shown);
    }
}
