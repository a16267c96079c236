// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Workload.Tests;

/// <summary>Bad input ends with one line that says what is wrong and the exit status that `docker run`
/// uses.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Missing_program_is_127(string who) => Check(who, 127, "/no/such/program");

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Name_that_is_not_on_the_path_is_127(string who) => Check(who, 127,
        "no-such-program-anywhere");

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Directory_is_126(string who) => Check(who, 126, "/usr");

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void File_that_may_not_be_run_is_126(string who) => Check(who, 126, "/etc/passwd");

    [Fact]
    public void Unknown_option_is_125() => Check("root", 125, ["--no-such-option"], ["/bin/true"]);

    [Fact]
    public void Volume_that_does_not_exist_is_125() => Check("root", 125, ["--volume", "/no/such/dir:/mnt"],
        ["/bin/true"]);

    [Fact]
    public void Corrupt_and_foreign_programs_are_126()
    {
        byte[] image = File.ReadAllBytes("/bin/true");
        string path = TestArea.NewPath("foreign");
        image[18] = 183;
        File.WriteAllBytes(path, image);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
        Check("root", 126, path);
        File.WriteAllBytes(path, image[..40]);
        Check("root", 126, path);
        File.Delete(path);
    }

    private static void Check(string who, int expected, params string[] words) => Check(who, expected, [],
        words);

    private static void Check(string who, int expected, string[] options, string[] words)
    {
        CommandResult result = Testing.Sandbox.Do(Identity.Of(who), words, "/", TimeSpan.FromSeconds(20),
            options).Run();
        Assert.True(result.ExitCode == expected, $"expected exit {expected}:\n{result.Transcript()}");
        string error = result.Error.TrimEnd('\n');
        Assert.True(error.Length > 0 && !error.Contains('\n', StringComparison.Ordinal),
            "one line on stderr:\n" + result.Transcript());
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }
}
