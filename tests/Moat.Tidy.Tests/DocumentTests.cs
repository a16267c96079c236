// SPDX-License-Identifier: Apache-2.0
using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;
using Moat.Base;
using Moat.Testing;
using Xunit;

namespace Moat.Tidy.Tests;

/// <summary>Documents: links lead somewhere, generated ones are true.</summary>
public class DocumentTests
{
    private static readonly string[] s_required =
    [
        "README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "LICENSE",
        "docs/status.md",
        ".ci/run", "x", ".editorconfig",
    ];

    [Fact]
    public void RequiredFilesExist()
    {
        foreach (string path in s_required)
        {
            Assert.True(Tree.Files.Contains(path), $"{path} is missing");
        }
    }

    [Fact]
    public void RelativeLinksLeadSomewhere()
    {
        var findings = new Findings("links");
        foreach (string path in Tree.Files.FindAll(path => path.EndsWith(".md", StringComparison.Ordinal)))
        {
            string text = Regex.Replace(Tree.Text(path), "(?s)```.*?```|`[^`\n]*`", string.Empty);
            foreach (Match match in Regex.Matches(text, @"\]\(([^)\s]+)\)"))
            {
                string target = match.Groups[1].Value.Split('#')[0];
                bool isLocal = target.Length > 0 && !target.Contains(':', StringComparison.Ordinal);
                string full = Path.Combine(Repository.Root, Path.GetDirectoryName(path)!, target);
                if (isLocal && !File.Exists(full) && !Directory.Exists(full))
                {
                    findings.Add(path, $"links to {target}, which does not exist");
                }
            }
        }

        findings.AssertNone();
    }

    [Fact]
    [Trait("Kind", "Docs")]
    public void LockDocumentIsTrue()
    {
        var text = new StringBuilder();
        text.Append(
            "# Lock order\n\nGenerated from `LockRank` in `src/Moat.Base` by `./x docs`; do not edit.\n");
        text.Append("A thread takes locks in rising order only; `RankedLock` checks it in debug builds.\n\n");
        text.Append("| rank | lock | what it guards |\n| --- | --- | --- |\n");
        int rank = 0;
        string source = Tree.Text("src/Moat.Base/LockRank.cs");
        const string Member = @"(?s)<summary>((?:(?!</summary>).)*)</summary>\s+(\w+),";
        foreach (Match match in Regex.Matches(source, Member))
        {
            string summary = Regex.Replace(match.Groups[1].Value, @"\s*\n\s*///\s*", " ").Trim();
            string name = match.Groups[2].Value;
            text.Append(CultureInfo.InvariantCulture, $"| {rank++} | {name} | {summary} |\n");
        }

        Assert.Equal(Enum.GetValues<LockRank>().Length, rank);

        string path = Path.Combine(Repository.Root, "docs/locking.md");
        if (Environment.GetEnvironmentVariable("MOAT_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, text.ToString());
        }

        bool isTrue = File.Exists(path) && File.ReadAllText(path) == text.ToString();
        Assert.True(isTrue, "docs/locking.md is out of date: run ./x docs");
    }
}
