// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Suites.Tests;

/// <summary>Perl's own tests, as an ordinary user: what passes on the host passes in the sandbox.</summary>
public sealed class PerlSuiteTests
{
    private static readonly Lazy<string> s_tree = new(MakeTree);

    public static TheoryData<string> Folders() => SuiteFiles.Rows("perl.txt");

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Folders))]
    public void Tests_that_pass_on_the_host_pass(string line)
    {
        string tree = s_tree.Value;
        string[] words = ["/bin/bash", Path.Combine(tree, "perl.sh"), tree,
            .. line.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        TimeSpan limit = TimeSpan.FromMinutes(10);
        // First in the sandbox: it leaves the tree as it is.
        CommandResult sandbox = Sandbox.Do(Identity.User, words, tree, limit).Run();
        CommandResult host = new Command(Identity.User, words) { Directory = tree, Timeout = limit }.Run();
        SuiteComparison.Check(SuiteComparison.Lines(host.Output), SuiteComparison.Lines(sandbox.Output),
            SuiteFiles.Exceptions("perl-exceptions.txt"));
    }

    private static string MakeTree()
    {
        string tree = TestArea.NewPath("perl");
        SourcePackage.RunScript("perl-tree.sh", SourcePackage.Of("perl"), tree);
        File.Copy(SuiteFiles.PathOf("perl.sh"), Path.Combine(tree, "perl.sh"));
        SuiteFiles.GiveToUser(tree);
        return tree;
    }
}
