// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Moat.Analyzers;
using Xunit;

namespace Moat.Syscalls.Tests;

/// <summary>Ignoring an error value is a compile error (MOAT010).</summary>
public class IgnoredResultTests
{
    private const string Calls = """
        static Errno E() => Errno.Success;
        static Result<int> R() => 1;
        static SysResult S() => 1;
        static int I() => 1;
        """;

    [Theory]
    [InlineData("static void M() { E(); }")]
    [InlineData("static void M() { R(); }")]
    [InlineData("static void M() { S(); }")]
    [InlineData("static void M() => E();")]
    [InlineData("static int P { set => E(); }")]
    public async System.Threading.Tasks.Task IgnoredIsAnError(string code) =>
        Assert.Equal("MOAT010", Assert.Single(await Analyze(code)));

    [Theory]
    [InlineData("static void M() { _ = E(); }")]
    [InlineData("static Errno M() => E();")]
    [InlineData("static void M() { if (E() != Errno.Success) { I(); } }")]
    [InlineData("static void M() => I();")]
    public async System.Threading.Tasks.Task UsedOrDiscardedIsFine(string code) =>
        Assert.Empty(await Analyze(code));

    private static async System.Threading.Tasks.Task<List<string>> Analyze(string code)
    {
        Compilation compilation = GeneratorHarness.Compile(GeneratorHarness.Handlers(Calls + code));
        var ids = new List<string>();
        foreach (Diagnostic found in await compilation
            .WithAnalyzers(ImmutableArray.Create<DiagnosticAnalyzer>(new IgnoredResultAnalyzer()))
            .GetAnalyzerDiagnosticsAsync(TestContext.Current.CancellationToken))
        {
            ids.Add(found.Id);
        }

        return ids;
    }
}
