// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Sandbox.Confinement;
using Moat.Testing;
using Xunit;

namespace Moat.Host.Tests;

/// <summary>docs/host-calls.md is what the filter's rules say.</summary>
public sealed class FilterDocumentTests
{
    [Fact]
    [Trait("Kind", "Docs")]
    public void DocumentIsCurrent()
    {
        string path = Path.Combine(Repository.Root, "docs", "host-calls.md");
        string expected = FilterDocument.ToMarkdown();
        if (Environment.GetEnvironmentVariable("MOAT_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.Equal(expected, File.ReadAllText(path));
    }
}
