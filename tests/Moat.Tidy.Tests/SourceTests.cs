// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using System.Text.RegularExpressions;
using Xunit;

namespace Moat.Tidy.Tests;

/// <summary>Headers, sizes, widths and forbidden usings of source files.</summary>
public class SourceTests
{
    private const int LongFile = 400;
    private const int TooLongFile = 600;
    private const int Width = 110;

    private static readonly string[] s_async = ["Moat.Cli", "Moat.Shim", "Moat.Sdk"];

    [Fact]
    public void FirstLineIsTheLicence()
    {
        var findings = new Findings("spdx");
        foreach (string path in Tree.Files)
        {
            if (Path.GetExtension(path) is ".cs" or ".c" or ".h")
            {
                string[] lines = Tree.Lines(path);
                if (lines.Length == 0 || lines[0] != "// SPDX-License-Identifier: Apache-2.0")
                {
                    findings.Add(path, "does not begin with // SPDX-License-Identifier: Apache-2.0");
                }
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void FilesAreShort()
    {
        foreach (string path in Tree.Sources("src", "tests", "bench", "eng"))
        {
            Assert.True(Tree.Lines(path).Length <= TooLongFile, $"{path} has more than {TooLongFile} lines");
        }

        var findings = new Findings("length");
        foreach (string path in Tree.Sources("src", "tests", "bench", "eng"))
        {
            if (Tree.Lines(path).Length > LongFile)
            {
                findings.Add(path, $"has {Tree.Lines(path).Length} lines");
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void LinesAreNarrow()
    {
        var findings = new Findings("width");
        foreach (string path in Tree.Sources("src", "tests", "bench", "eng"))
        {
            string[] lines = Tree.Lines(path);
            for (int i = 0; i < lines.Length; i++)
            {
                if (lines[i].Length > Width)
                {
                    findings.Add(path, $"line {i + 1} has {lines[i].Length} columns");
                }
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void KernelCodeHasNoLinqAndNoAsync()
    {
        var findings = new Findings("usings");
        foreach (string path in Tree.Sources("src"))
        {
            bool isAsync =
                Array.Exists(s_async, name => path.StartsWith($"src/{name}/", StringComparison.Ordinal));
            if (!isAsync && Regex.IsMatch(Tree.Text(path),
                @"\bSystem\.(Linq|Threading\.Tasks)\b|\basync (Task|ValueTask|void)\b"))
            {
                findings.Add(path, "uses LINQ, System.Threading.Tasks or async");
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void NoTrailingSpacesOrTabs()
    {
        var findings = new Findings("blanks");
        foreach (string path in Tree.Sources("src", "tests", "bench", "eng"))
        {
            string text = Tree.Text(path);
            if (text.Contains('\t', StringComparison.Ordinal) || Regex.IsMatch(text, "[ \r]\n"))
            {
                findings.Add(path, "has tabs, carriage returns or blanks at line ends");
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void NoPackageRegistryIsNamed()
    {
        var findings = new Findings("registry");
        foreach (string path in Tree.Files)
        {
            bool isText = Path.GetExtension(path) is not (".png" or ".gz" or ".snk");
            if (isText && !path.StartsWith("tests/Moat.Tidy.Tests/", StringComparison.Ordinal)
                && Regex.IsMatch(Tree.Text(path),
                @"https?://[\w.:-]*(nuget|npmjs|pypi|deb\.debian|registry|mirror|proxy)[\w.:-]*",
                RegexOptions.IgnoreCase))
            {
                findings.Add(path, "names a package registry's host");
            }
        }

        findings.AssertNone();
    }

    [Fact]
    public void ExceptionsAreNotStale() => Assert.Empty(Tree.StaleExceptions());
}
