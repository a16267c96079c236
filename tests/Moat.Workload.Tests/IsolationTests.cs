// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Workload.Tests;

/// <summary>What the sandbox writes vanishes with it, except in volumes; the host's files stay as they
/// were.</summary>
public sealed class IsolationTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Host_files_are_untouched(string who)
    {
        Identity identity = Identity.Of(who);
        string directory = TestArea.NewPath("isolation");
        TestArea.MakeFresh(directory, identity);
        string kept = Path.Combine(directory, "kept"), removed = Path.Combine(directory, "removed");
        File.WriteAllText(kept, "original\n");
        File.WriteAllText(removed, "original\n");
        File.SetUnixFileMode(kept, (UnixFileMode)0x1b6);
        File.SetUnixFileMode(removed, (UnixFileMode)0x1b6);
        const string Script = """
            echo changed > kept; cat kept; rm removed; ls; echo new > new; mkdir d; mv d e; chmod 600 kept
            test -w /etc/passwd && echo more >> /etc/passwd;
            test -w /usr/bin && touch /usr/bin/moat-was-here; echo x > /tmp/moat-was-here; exit 0
            """;
        string passwd = File.ReadAllText("/etc/passwd");
        CommandResult result = Testing.Sandbox.Do(identity, ["/bin/sh", "-c", Script], directory,
            s_limit).Run();
        Assert.True(result.ExitCode == 0 && result.Output == "changed\nkept\n", result.Transcript());
        Assert.Equal("original\n", File.ReadAllText(kept));
        Assert.Equal("original\n", File.ReadAllText(removed));
        Assert.Equal((UnixFileMode)0x1b6, File.GetUnixFileMode(kept));
        Assert.Equal(2, Directory.GetFileSystemEntries(directory).Length);
        Assert.Equal(passwd, File.ReadAllText("/etc/passwd"));
        Assert.False(File.Exists("/usr/bin/moat-was-here"));
        Assert.False(File.Exists("/tmp/moat-was-here"));
        TestArea.Remove(directory);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Volumes_are_written_through_unless_read_only(string who)
    {
        Identity identity = Identity.Of(who);
        string directory = TestArea.NewPath("volume");
        TestArea.MakeFresh(directory, identity);
        CommandResult result = Testing.Sandbox.Do(identity, ["/bin/sh", "-c",
            "echo through > /mnt/file; cat /mnt/file"], "/", s_limit,
            "--volume", directory + ":/mnt").Run();
        Assert.True(result.ExitCode == 0 && result.Output == "through\n", result.Transcript());
        Assert.Equal("through\n", File.ReadAllText(Path.Combine(directory, "file")));
        result = Testing.Sandbox.Do(identity, ["/bin/sh", "-c",
            "cat /mnt/file; echo no > /mnt/file; echo $?"], "/", s_limit,
            "--volume", directory + ":/mnt:ro").Run();
        Assert.True(result.Output.StartsWith("through\n", StringComparison.Ordinal)
            && !result.Output.EndsWith("\n0\n", StringComparison.Ordinal),
            result.Transcript());
        Assert.Equal("through\n", File.ReadAllText(Path.Combine(directory, "file")));
        TestArea.Remove(directory);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Options_reach_the_guest(string who)
    {
        Identity identity = Identity.Of(who);
        CommandResult result = Testing.Sandbox.Do(identity, ["/bin/sh", "-c", "echo $X; pwd"], "/", s_limit,
            "--env", "X=from outside", "--cwd", "/usr/lib").Run();
        Assert.True(result.Output == "from outside\n/usr/lib\n" && result.ExitCode == 0, result.Transcript());
        result = Testing.Sandbox.Do(identity, ["/bin/sleep", "100"], "/", s_limit, "--timeout", "1").Run();
        Assert.True(result.ExitCode is 124 or 137 && !result.TimedOut, result.Transcript());
    }

    [Fact]
    public void Root_may_run_as_another_user()
    {
        CommandResult result = Testing.Sandbox.Do(Identity.Root, ["/usr/bin/id"], "/", s_limit, "--user",
            "65534:65534").Run();
        Assert.True(result.Output.StartsWith("uid=65534", StringComparison.Ordinal), result.Transcript());
    }

    [Fact]
    public void The_kernel_is_not_the_hosts()
    {
        CommandResult inside = Testing.Sandbox.Do(Identity.Root, ["/bin/uname", "-a"], "/", s_limit).Run();
        CommandResult outside = new Command(Identity.Root, ["/bin/uname", "-a"]).Run();
        Assert.Equal(0, inside.ExitCode);
        Assert.NotEqual(outside.Output, inside.Output);
        Assert.StartsWith("Linux ", inside.Output, StringComparison.Ordinal);
    }
}
