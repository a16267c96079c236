// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Text.RegularExpressions;
using Xunit;

namespace Moat.Tidy.Tests;

/// <summary>Assemblies reference only what eng/layers.txt allows; every project is in the solution.</summary>
public class LayerTests
{
    private static readonly string[] s_mayBeUnsafe =
        ["Moat.Host", "Moat.Memory", "Moat.Platform", "Moat.Cli"];

    [Fact]
    public void ReferencesFollowTheLayers()
    {
        Dictionary<string, HashSet<string>> layers = ReadLayers();
        var findings = new Findings("layers");
        foreach (string path in Projects("src/"))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (!layers.TryGetValue(name, out HashSet<string>? allowed))
            {
                findings.Add(path, "is not in eng/layers.txt");
                continue;
            }

            foreach (Match match in Regex.Matches(Tree.Text(path), "<ProjectReference Include=\"([^\"]+)\""))
            {
                string target = Path.GetFileNameWithoutExtension(match.Groups[1].Value);
                // Those two run in the build; nothing is linked to them.
                if (target is not ("Moat.Analyzers" or "Moat.Prebuilt") && !allowed.Contains(target))
                {
                    findings.Add(path, $"references {target}, which eng/layers.txt does not allow");
                }
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void LayersHaveNoCycle()
    {
        Dictionary<string, HashSet<string>> layers = ReadLayers();
        var placed = new HashSet<string>();
        foreach ((string name, HashSet<string> targets) in layers)
        {
            foreach (string target in targets)
            {
                Assert.True(placed.Contains(target),
                    $"{name} -> {target}: a layer references only layers listed above it");
            }

            placed.Add(name);
        }
    }

    [Fact]
    public void SolutionListsEveryProject()
    {
        string solution = Tree.Text("Moat.slnx");
        var findings = new Findings("solution");
        foreach (string path in Projects(string.Empty))
        {
            if (!solution.Contains($"\"{path}\"", StringComparison.Ordinal))
            {
                findings.Add(path, "is not in Moat.slnx");
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void UnsafeCodeStaysWhereItBelongs()
    {
        var findings = new Findings("unsafe");
        foreach (string path in Projects("src/"))
        {
            bool isAllowed = Array.IndexOf(s_mayBeUnsafe, Path.GetFileNameWithoutExtension(path)) >= 0;
            if (!isAllowed && Tree.Text(path).Contains("AllowUnsafeBlocks", StringComparison.Ordinal))
            {
                findings.Add(path, "allows unsafe code");
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void PackageVersionsAreCentral()
    {
        var findings = new Findings("packages");
        foreach (string path in Projects(string.Empty))
        {
            if (Regex.IsMatch(Tree.Text(path), "<PackageReference[^>]*\\sVersion="))
            {
                findings.Add(path, "gives a package version; versions belong in Directory.Packages.props");
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void EveryAssemblyHasAShortReadme()
    {
        var findings = new Findings("readme");
        foreach (string path in Projects("src/"))
        {
            string readme = Path.GetDirectoryName(path) + "/README.md";
            if (!Tree.Files.Contains(readme))
            {
                findings.Add(readme, "is missing");
            }
            else if (Tree.Lines(readme).Length > 60)
            {
                findings.Add(readme, $"has {Tree.Lines(readme).Length} lines; 60 is the limit");
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void TestProjectsUseTheRunnerThatXReads()
    {
        var findings = new Findings("runner");
        foreach (string path in Projects("tests/"))
        {
            if (Tree.Text(path).Contains("UseMicrosoftTestingPlatformRunner", StringComparison.Ordinal))
            {
                findings.Add(path, "sets another runner; tests/Directory.Build.props has all that is needed");
            }
        }

        findings.AssertNone();
    }

    private static List<string> Projects(string folder) =>
        Tree.Files.FindAll(path => path.StartsWith(folder, StringComparison.Ordinal)
            && path.EndsWith(".csproj", StringComparison.Ordinal));

    private static Dictionary<string, HashSet<string>> ReadLayers()
    {
        var layers = new Dictionary<string, HashSet<string>>();
        foreach (string line in Tree.Lines("eng/layers.txt"))
        {
            string[] sides = line.Split('#')[0].Split("->");
            if (sides.Length == 2)
            {
                layers[sides[0].Trim()] = [.. sides[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)];
            }
        }

        return layers;
    }
}
