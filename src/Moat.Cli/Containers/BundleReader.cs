// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Text.Json;
using Moat.Cli.Errors;
using Moat.Oci.Spec;

namespace Moat.Cli.Containers;

/// <summary>Reads a bundle's config.json.</summary>
internal static class BundleReader
{
    /// <summary>Null and the specification, or what is wrong.</summary>
    internal static MoatError? Read(string bundle, out OciSpec? spec)
    {
        spec = null;
        string path = Path.Combine(bundle, "config.json");
        try
        {
            spec = JsonSerializer.Deserialize(File.ReadAllText(path), OciJson.Default.OciSpec);
            return spec == null ? MoatError.Of($"{path}: is empty") : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return MoatError.Of($"{path}: no such file; make one with `moat spec` or `runc spec`");
        }
        catch (JsonException e)
        {
            return MoatError.Of($"{path}: {e.Path}: line {e.LineNumber + 1}: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return MoatError.Of($"{path}: {e.Message}");
        }
    }
}
