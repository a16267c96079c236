// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Xunit;

namespace Moat.Tidy.Tests;

/// <summary>Collects what breaks a rule, so that one run shows all of it.</summary>
internal sealed class Findings(string rule)
{
    private readonly List<string> _found = [];

    public void Add(string path, string what)
    {
        if (!Tree.IsExcepted(rule, path))
        {
            _found.Add($"{path}: {what}");
        }
    }

    /// <summary>Fails the test with the whole list.</summary>
    public void AssertNone() =>
        Assert.True(_found.Count == 0, $"{_found.Count} against rule '{rule}':\n"
            + string.Join('\n', _found));
}
