// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Reflection;

namespace Moat.Testing;

/// <summary>Where the sources, the build outputs and the sandbox under test are.</summary>
public static class Repository
{
    /// <summary>The working tree that these tests were built from.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A directory for what tests build and want to keep: <c>artifacts</c>.</summary>
    public static string Artifacts { get; } = Path.Combine(Root, "artifacts");

    /// <summary>The published <c>moat</c>: <c>MOAT_BINARY</c>, or <c>artifacts/publish</c> of this
    /// tree.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static string MoatBinary()
    {
        string? named = Environment.GetEnvironmentVariable("MOAT_BINARY");
        if (!string.IsNullOrEmpty(named))
        {
            return File.Exists(named) ? named : throw new FileNotFoundException($"MOAT_BINARY names no "
                + $"file: {named}");
        }
        string publish = Path.Combine(Artifacts, "publish");
        foreach (string candidate in (string[])["moat", "Moat.Cli/release_linux-x64/moat",
            "Moat.Cli/release/moat"])
        {
            string path = Path.Combine(publish, candidate);
            if (File.Exists(path))
            {
                return path;
            }
        }
        throw new FileNotFoundException($"no published moat under {publish}: run ./x publish, or set "
            + $"MOAT_BINARY");
    }

    private static string FindRoot()
    {
        foreach (AssemblyMetadataAttribute item in
            typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>())
        {
            if (item.Key == "RepositoryRoot" && Directory.Exists(item.Value))
            {
                return item.Value;
            }
        }
        throw new DirectoryNotFoundException("the tree these tests were built from has gone");
    }
}
