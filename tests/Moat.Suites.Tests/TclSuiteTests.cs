// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Suites.Tests;

/// <summary>Tcl's own tests, as an ordinary user: what passes on the host passes in the sandbox.</summary>
public sealed class TclSuiteTests
{
    private static readonly Lazy<string> s_tree = new(MakeTree);

    public static TheoryData<string> Files() => SuiteFiles.Rows("tcl.txt");

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Files))]
    public void Tests_that_pass_on_the_host_pass(string file)
    {
        string tree = s_tree.Value;
        string[] words = ["/bin/bash", Path.Combine(tree, "tcl.sh"), tree, file, .. Skipped(file)];
        TimeSpan limit = TimeSpan.FromMinutes(6);
        // First in the sandbox: it leaves the tree as it is.
        CommandResult sandbox = Sandbox.Do(Identity.User, words, tree, limit).Run();
        CommandResult host = new Command(Identity.User, words) { Directory = tree, Timeout = limit }.Run();
        SuiteComparison.Check(SuiteComparison.Lines(host.Output), SuiteComparison.Lines(sandbox.Output), []);
    }

    private static string[] Skipped(string file)
    {
        string? line = SuiteFiles.Lines("tcl-exceptions.txt")
            .Find(l => l.StartsWith(file + ' ', StringComparison.Ordinal));
        return line is null ? [] : line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
    }

    private static string MakeTree()
    {
        string tree = SourcePackage.Of("tcl8.6");
        File.Copy(SuiteFiles.PathOf("tcl.sh"), Path.Combine(tree, "tcl.sh"));
        SuiteFiles.GiveToUser(tree);
        return tree;
    }
}
