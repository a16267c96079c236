// SPDX-License-Identifier: Apache-2.0
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Cli.Tests;

/// <summary>The options of `--volume`.</summary>
public sealed class VolumeOptionTests
{
    private const string Show = "grep ' /mnt ' /proc/mounts | cut -d' ' -f4 | tr , '\\n' | grep -v =";

    [Theory]
    [InlineData("", "rw nosuid nodev relatime")]
    [InlineData(":ro", "ro nosuid nodev relatime")]
    [InlineData(":ro,rw", "rw nosuid nodev relatime")]
    [InlineData(":noexec,suid,dev", "rw noexec relatime")]
    [InlineData(":ro,noatime,shared", "ro nosuid nodev noatime")]
    [InlineData(":exclusive,ro", "ro nosuid nodev relatime")]
    public void FlagsAreTheMounts(string options, string expected)
    {
        CommandResult result = Do("--volume", "/usr:/mnt" + options, "--", "sh", "-c", Show);
        Assert.Equal(expected, result.Output.Trim().Replace('\n', ' '));
    }

    [Fact]
    public void NoexecRefusesPrograms() =>
        Assert.Equal(126, Do("--volume", "/usr/bin:/mnt:noexec", "--", "/mnt/true").ExitCode);

    [Theory]
    [InlineData("fast", "\"fast\" is no option of a volume; there are ro, rw, ")]
    [InlineData("exclusive", "exclusive needs ro")]
    [InlineData("ro,exclusive,rw", "exclusive needs ro")]
    public void WrongOptionsAreNamed(string options, string message)
    {
        CommandResult result = Do("--volume", "/usr:/mnt:" + options, "--", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains(message, result.Error);
    }

    [Theory]
    [InlineData("shared", "1 2")]
    [InlineData("exclusive", "1 1")]
    public void OnlySharedOnesShowChangesOfTheHost(string option, string expected)
    {
        string directory = TestArea.NewPath("volume");
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "f"), "a");

        // The same directory again, writable, stands for the host that changes it.
        CommandResult result = Do(
            "--volume", $"{directory}:/mnt:ro,{option}", "--volume", $"{directory}:/other", "--", "sh", "-c",
            "a=$(stat -c %s /mnt/f); printf b >>/other/f; echo $a $(stat -c %s /mnt/f)");
        Directory.Delete(directory, recursive: true);
        Assert.Equal(expected, result.Output.Trim());
    }

    private static CommandResult Do(params string[] words) =>
        new Command(Identity.Of("root"), [TestArea.Moat(), "do", .. words]).Run();
}
