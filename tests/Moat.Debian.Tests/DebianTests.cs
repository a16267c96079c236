// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Testing;
using Xunit;

namespace Moat.Debian.Tests;

/// <summary>Debian's programs at work in a root file system of their own: the same as under runc.</summary>
public sealed class DebianTests
{
    public static TheoryData<string> Rows
    {
        get
        {
            TheoryData<string> rows = [];
            string? only = Environment.GetEnvironmentVariable("MOAT_DEBIAN_ONLY");
            foreach (string name in DebianScript.Names())
            {
                if (string.IsNullOrEmpty(only) || Array.IndexOf(only.Split(','), name) >= 0)
                {
                    rows.Add(name);
                }
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Script_prints_what_it_prints_under_runc(string name)
    {
        Assert.SkipUnless(Environment.UserName == "root", "overlayfs can be mounted by root only");
        var script = new DebianScript(name);
        string expected = Run(script, (bundle, id) => ["runc", "run", "--bundle", bundle, id]);
        string store = TestArea.NewPath("store");
        string actual = Run(script, (bundle, id) =>
            [TestArea.Moat(), "--root", store, "run", "--bundle", bundle, id]);
        TestArea.Remove(store);
        string difference = UnifiedDiff.Of(expected, actual, "runc", "moat");
        Assert.True(difference.Length == 0, difference);
    }

    private static string Run(DebianScript script, Func<string, string, string[]> words)
    {
        using var bundle = new DebianBundle(script);
        string id = $"moat-debian-{Environment.ProcessId}";
        return new Command(Identity.Root, words(bundle.Path, id)) { Timeout = script.Timeout }
            .Run().Transcript();
    }
}
