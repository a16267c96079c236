// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Moat.Abi;
using Moat.Syscalls.Dispatch;
using Moat.Testing;
using Xunit;

namespace Moat.Syscalls.Tests;

/// <summary>The table, its document, and the generator's caching.</summary>
public class TableTests
{
    private const string Method = """
        /// <summary>pipe2(2):
        /// a pipe, see <see cref="Moat.Abi.OpenFlags"/> | more.</summary>
        [Syscall("pipe2")]
        public static SysResult M(Task t, GuestPtr<int> fds, Bits flags) => 0;
        """;

    [Fact]
    public void EveryNumberHasItsName()
    {
        SyscallNumber[] numbers = Enum.GetValues<SyscallNumber>();
        Assert.Equal(numbers.Length, SyscallTable.Rows.Length);
        foreach (SyscallNumber number in numbers)
        {
            Assert.Equal(number.ToString(), SyscallNames.Find((uint)number));
        }

        foreach (SyscallRow row in SyscallTable.Rows)
        {
            Assert.Equal(SyscallDispatcher.IsImplemented(row.Number), row.Implemented);
        }
    }

    [Fact]
    public void CallsThatAreMissingSayWhy()
    {
        foreach (SyscallRow row in SyscallTable.Rows)
        {
            Assert.True(row.Implemented == (MissingCalls.Reason(row.Name) is null), row.Name);
        }
    }

    [Theory]
    [InlineData(335, "syscall_0x14f")]
    [InlineData(100000, "syscall_0x186a0")]
    [InlineData(uint.MaxValue, "syscall_0xffffffff")]
    public void UnknownNumbersHaveNoName(uint number, string name)
    {
        Assert.Null(SyscallNames.Find(number));
        Assert.Equal(name, SyscallNames.Get(number));
    }

    [Fact]
    public void RowsComeFromTheDeclaration() =>
        Assert.Contains(
            "| 293 | pipe2 | `(int* fds, Bits flags)` | pipe2(2): a pipe, see OpenFlags \\| more. |\n",
            new GeneratedCode(Method).Markdown());

    [Fact]
    public void UnrelatedEditsReuseTheOutput()
    {
        CSharpCompilation compilation = GeneratorHarness.Compile(GeneratorHarness.Handlers(Method));
        GeneratorDriver driver = GeneratorHarness.Driver().RunGenerators(compilation,
            TestContext.Current.CancellationToken);
        driver = driver.RunGenerators(
            compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("public class Other;",
                (CSharpParseOptions)compilation.SyntaxTrees[0].Options)),
            TestContext.Current.CancellationToken);
        foreach (
            IncrementalGeneratorRunStep step in driver.GetRunResult().Results[0]
                .TrackedOutputSteps["SourceOutput"])
        {
            Assert.All(step.Outputs, output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
        }
    }

    [Fact]
    [Trait("Kind", "Docs")]
    public void DocumentIsTrue()
    {
        string path = Path.Combine(Repository.Root, "docs/syscalls.md");
        string expected = SyscallTable.ToMarkdown();
        if (Environment.GetEnvironmentVariable("MOAT_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == expected,
            "docs/syscalls.md is out of date: run ./x docs");
    }
}
