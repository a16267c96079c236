// SPDX-License-Identifier: Apache-2.0
using System;
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Cli.Tests;

/// <summary>The OCI verbs on a bundle whose root is this machine's, read-only.</summary>
public sealed class ContainerTests : IDisposable
{
    private readonly string _store = TestArea.NewPath("store");
    private readonly string _bundle = TestArea.NewPath("bundle");

    public void Dispose()
    {
        TestArea.Remove(_store);
        TestArea.Remove(_bundle);
    }

    [Fact]
    public void RunReturnsStatusAndLeavesNothing()
    {
        WriteBundle("""["sh", "-c", "hostname; id -u; pwd; exit 5"]""");
        CommandResult result = Moat("run", "-b", _bundle, "a");
        Assert.Equal("box\n0\n/usr\n", result.Output);
        Assert.Equal(5, result.ExitCode);
        Assert.Empty(Directory.GetDirectories(_store));
    }

    [Fact]
    public void LifeOfAContainer()
    {
        WriteBundle("""["sh", "-c", "trap 'exit 4' TERM; while :; do sleep 0.1; done"]""");
        Good(Quiet("create", "-b", _bundle, "a"));
        Assert.Equal("created", Status());
        Assert.Equal(125, Moat("exec", "a", "true").ExitCode);
        Good(Moat("start", "a"));
        Assert.Equal("running", Status());
        Assert.Equal(125, Moat("start", "a").ExitCode);
        CommandResult executed = Moat("exec", "--cwd", "/etc", "-e", "A=b", "--user", "5:6", "a", "--", "sh",
            "-c",
            "echo $A; pwd; id -u; id -g; exit 9");
        Assert.Equal("b\n/etc\n5\n6\n", executed.Output);
        Assert.Equal(9, executed.ExitCode);
        Assert.Equal(127, Moat("exec", "a", "nosuchprogram").ExitCode);
        Assert.Equal(125, Moat("delete", "a").ExitCode);
        Good(Moat("kill", "a", "TERM"));
        Assert.True(Processes.Eventually(() => Status() == "stopped"));
        Assert.Equal(125, Moat("kill", "a", "TERM").ExitCode);
        Good(Moat("delete", "a"));
        Assert.Equal(125, Moat("state", "a").ExitCode);
    }

    [Fact]
    public void ForcedDeleteEndsARunningContainer()
    {
        WriteBundle("""["sleep", "100"]""");
        Good(Quiet("run", "-d", "-b", _bundle, "a"));
        Assert.Equal("running", Status());
        Good(Moat("delete", "-f", "a"));
        Assert.Empty(Directory.GetDirectories(_store));
    }

    [Fact]
    public void ErrorsNameTheFieldAndLeaveNothing()
    {
        WriteBundle("[]");
        CommandResult result = Moat("run", "-b", _bundle, "a");
        Assert.Equal(125, result.ExitCode);
        Assert.Equal("moat: config.json: process.args: must not be empty\n", result.Error);
        WriteBundle("""["/no/such/program"]""");
        Assert.Equal(127, Moat("run", "-b", _bundle, "a").ExitCode);
        Assert.True(!Directory.Exists(_store) || Directory.GetDirectories(_store).Length == 0);
    }

    private string Status()
    {
        string text = Moat("state", "a").Output;
        int at = text.IndexOf("\"status\": \"", StringComparison.Ordinal) + 11;
        return text[at..text.IndexOf('"', at)];
    }

    private CommandResult Moat(params string[] words) =>
        new Command(Identity.Root, [TestArea.Moat(), "--root", _store, .. words]).Run();

    /// <summary>For commands whose container keeps their standard streams.</summary>
    private CommandResult Quiet(params string[] words) => new Command(
        Identity.Root,
        ["sh", "-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh", TestArea.Moat(), "--root", _store,
            .. words])
        .Run();

    private static void Good(CommandResult result) => Assert.Equal("--- exit 0\n", result.Transcript());

    private void WriteBundle(string arguments)
    {
        Directory.CreateDirectory(_bundle);
        File.WriteAllText(Path.Combine(_bundle, "config.json"), $$"""
            {
              "ociVersion": "1.0.2",
              "process": {
                "args": {{arguments}}, "cwd": "/usr", "env": ["PATH=/usr/bin:/bin"],
                "user": { "uid": 0, "gid": 0 }
              },
              "root": { "path": "/", "readonly": true },
              "hostname": "box",
              "mounts": [
                { "destination": "/proc", "type": "proc", "source": "proc" },
                { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"] },
                { "destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["mode=1777"] }
              ]
            }
            """);
    }
}
