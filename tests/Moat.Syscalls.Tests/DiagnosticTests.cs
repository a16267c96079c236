// SPDX-License-Identifier: Apache-2.0
using System;
using Xunit;

namespace Moat.Syscalls.Tests;

/// <summary>Wrong declarations fail the build, each with its own error.</summary>
public class DiagnosticTests
{
    [Theory]
    [InlineData("MOAT001", """[Syscall("pipe3")] public static SysResult M(Task t) => 0;""")]
    [InlineData("MOAT001", """[Syscall("")] public static SysResult M(Task t) => 0;""")]
    [InlineData("MOAT002", """
        [Syscall("pipe")] public static SysResult M(Task t) => 0;
        [Syscall("pipe")] public static SysResult N(Task t) => 0;
        """)]
    [InlineData("MOAT003", """[Syscall("pipe")] public static SysResult M(Task t, short a) => 0;""")]
    [InlineData("MOAT003", """[Syscall("pipe")] public static SysResult M(Task t, string a) => 0;""")]
    [InlineData("MOAT003", """[Syscall("pipe")] public static SysResult M(Task t, Small a) => 0;""")]
    [InlineData("MOAT003", """[Syscall("pipe")] public static SysResult M(Task t, nuint a) => 0;""")]
    [InlineData("MOAT003", """[Syscall("pipe")] public static SysResult M(Task t, ref int a) => 0;""")]
    [InlineData("MOAT003", """[Syscall("pipe")] public static SysResult M(Task t, int[] a) => 0;""")]
    [InlineData("MOAT004", """[Syscall("pipe")] public static int M(Task t) => 0;""")]
    [InlineData("MOAT004", """[Syscall("pipe")] public static void M(Task t) { }""")]
    [InlineData("MOAT004", """[Syscall("pipe")] public static SysResult M() => 0;""")]
    [InlineData("MOAT004", """[Syscall("pipe")] public static SysResult M(int a) => 0;""")]
    [InlineData("MOAT004", """[Syscall("pipe")] private static SysResult M(Task t) => 0;""")]
    [InlineData("MOAT004", """[Syscall("pipe")] public static SysResult M<T>(Task t) => 0;""")]
    [InlineData("MOAT005", """
        [Syscall("pipe")]
        public static SysResult M(Task t, int a, int b, int c, int d, int e, int f, int g) => 0;
        """)]
    public void WrongDeclarationFailsTheBuild(string id, string methods) =>
        Assert.Contains(GeneratorHarness.Errors(methods),
            error => error.StartsWith(id, StringComparison.Ordinal));

    [Fact]
    public void RightDeclarationHasNoErrors() =>
        Assert.Empty(GeneratorHarness.Errors(
            """[Syscall("pipe")] public static SysResult M(Task t, GuestPtr<int> fds) => 0;"""));

    [Fact]
    public void NoHandlersAtAllStillCompiles() => Assert.Empty(GeneratorHarness.Errors(string.Empty));
}
