// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;
using Moat.Base;
using Xunit;

namespace Moat.Kernel.Loading.Tests;

/// <summary>"#!" lines and the argument lists that they make.</summary>
public sealed class ScriptTests
{
    [Theory]
    [InlineData("#!/bin/sh\n", "/bin/sh", null)]
    [InlineData("#! \t/bin/sh  -e  -x \t\nrest", "/bin/sh", "-e  -x")]
    [InlineData("#!/bin/sh", "/bin/sh", null)]
    [InlineData("#!/bin/sh -x", "/bin/sh", "-x")]
    [InlineData("#!/bin/sh\0-x\n", "/bin/sh", null)]
    public void Good_lines(string text, string interpreter, string? argument)
    {
        ScriptHeader header = Parse(text).Value;
        Assert.Equal(interpreter, Encoding.UTF8.GetString(header.Interpreter));
        Assert.Equal(argument, header.Argument is null ? null : Encoding.UTF8.GetString(header.Argument));
    }

    [Fact]
    public void Bad_lines()
    {
        Assert.Equal(Errno.ENOEXEC, Parse("#!\n").Error);
        Assert.Equal(Errno.ENOEXEC, Parse("#!  \t \n/bin/sh").Error);
        Assert.Equal(Errno.ENOEXEC, Parse("#!" + new string(' ', 300)).Error);
        Assert.Equal(Errno.ENOEXEC, Parse("#!/" + new string('a', 300)).Error);
        Assert.Equal(Errno.ENOEXEC, Parse("#!/" + new string('a', 300) + "\n").Error);
        Assert.True(Parse("#!/b " + new string('a', 300)).IsOk);
    }

    [Fact]
    public void Scripts_nest_and_arguments_pile_up()
    {
        var files =
            new TestResolver { ["/x"] = "#!/y -a b\n"u8.ToArray(), ["/y"] = "#!/bin/true\n"u8.ToArray() };
        files["/bin/true"] = System.IO.File.ReadAllBytes("/bin/true");
        files["/lib64/ld-linux-x86-64.so.2"] = System.IO.File.ReadAllBytes("/lib64/ld-linux-x86-64.so.2");
        var arguments = new ArgumentStrings();
        arguments.Add("zero"u8);
        arguments.Add("one"u8);
        using PreparedProgram program =
            ProgramPreparer.Prepare(new TestCaller(), files, files.Open("/x"), "/x"u8, arguments,
            new ArgumentStrings(), 1 << 20).Value;
        Assert.Equal("/bin/true\0/y\0-a b\0/x\0one\0", Encoding.UTF8.GetString(program.Arguments.Bytes));
        Assert.Equal("/x", Encoding.UTF8.GetString(program.FileName));
    }

    [Fact]
    public void Endless_scripts_and_missing_interpreters_fail()
    {
        var files = new TestResolver { ["/x"] = "#!/x\n"u8.ToArray(), ["/y"] = "#!/missing\n"u8.ToArray() };
        Assert.Equal(Errno.ELOOP, Prepare(files, "/x"));
        Assert.Equal(Errno.ENOENT, Prepare(files, "/y"));
    }

    private static Errno Prepare(TestResolver files, string name) =>
        ProgramPreparer.Prepare(new TestCaller(), files, files.Open(name), Encoding.UTF8.GetBytes(name),
            new ArgumentStrings(), new ArgumentStrings(), 1 << 20).Error;

    private static Result<ScriptHeader> Parse(string text)
    {
        byte[] start = new byte[ScriptHeader.LineLimit];
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, start.Length)).CopyTo(start);
        return ScriptHeader.Parse(start);
    }
}
