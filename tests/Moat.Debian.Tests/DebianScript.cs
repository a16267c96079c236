// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.IO;
using Moat.Testing;

namespace Moat.Debian.Tests;

/// <summary>A script of <c>tests/debian</c>.</summary>
/// <param name="Name">The file's name without its extension.</param>
internal sealed record DebianScript(string Name)
{
    private static string Folder => Path.Combine(Repository.Root, "tests", "debian");

    internal string FilePath => Path.Combine(Folder, Name + ".sh");

    /// <summary>How long it may take on either side.</summary>
    internal TimeSpan Timeout
    {
        get
        {
            foreach (string line in File.ReadLines(FilePath))
            {
                if (line.StartsWith("# @timeout ", StringComparison.Ordinal))
                {
                    return TimeSpan.FromSeconds(int.Parse(line.AsSpan(11), CultureInfo.InvariantCulture));
                }
            }
            return TimeSpan.FromSeconds(60);
        }
    }

    /// <summary>All of them, by name.</summary>
    internal static string[] Names()
    {
        string[] names = Array.ConvertAll(
            Directory.GetFiles(Folder, "*.sh"), path => Path.GetFileNameWithoutExtension(path));
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }
}
