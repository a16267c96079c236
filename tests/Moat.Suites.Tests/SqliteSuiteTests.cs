// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Suites.Tests;

/// <summary>SQLite's own tests, as an ordinary user: what passes on the host passes in the sandbox.</summary>
public sealed class SqliteSuiteTests
{
    private static readonly Lazy<string> s_tree = new(MakeTree);

    public static TheoryData<string> Files() => SuiteFiles.Rows("sqlite.txt");

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Files))]
    public void Tests_that_pass_on_the_host_pass(string file)
    {
        string tree = s_tree.Value, directory = TestArea.NewPath("sqlite");
        string[] words = ["/bin/bash", Path.Combine(tree, "sqlite.sh"), tree, file];
        TimeSpan limit = TimeSpan.FromMinutes(6);
        TestArea.MakeFresh(directory, Identity.User);
        // First in the sandbox: it leaves the directory as it is.
        CommandResult sandbox = Sandbox.Do(Identity.User, words, directory, limit).Run();
        Command command = new(Identity.User, words) { Directory = directory, Timeout = limit };
        CommandResult host = command.Run();
        TestArea.Remove(directory);
        SuiteComparison.Check(SuiteComparison.Lines(host.Output), SuiteComparison.Lines(sandbox.Output), []);
    }

    private static string MakeTree()
    {
        string tree = SourcePackage.Of("sqlite3");
        SourcePackage.RunScript("sqlite-build.sh", tree);
        File.Copy(SuiteFiles.PathOf("sqlite.sh"), Path.Combine(tree, "sqlite.sh"));
        return tree;
    }
}
