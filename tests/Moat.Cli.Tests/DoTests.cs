// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Cli.Tests;

/// <summary>
/// `moat do` seen from outside: statuses, errors, signals, and that nothing is left behind.
/// </summary>
public sealed class DoTests
{
    private const string S = "hostname; pwd; id -u; id -g; echo $A $C; ls /proc/self/fd | wc -l";

    [Theory]
    [InlineData("root", "exit 7", 7)]
    [InlineData("user", "exit 7", 7)]
    [InlineData("root", "kill -9 $$", 137)]
    [InlineData("user", "kill -TERM $$", 143)]
    public void StatusIsTheGuests(string who, string script, int expected) =>
        Assert.Equal(expected, Do(who, "--", "sh", "-c", script).ExitCode);

    [Fact]
    public void LauncherThatGaveItsPagesBackGoesOn() =>
        Assert.Equal(7, Do("root", "--", "sh", "-c", "sleep 1.5; exit 7").ExitCode);

    [Fact]
    public void TraceOfTheStartNamesBothProcesses()
    {
        string[] lines = Do("root", "--trace-start", "--", "true").Error.Split('\n');
        Assert.Contains(lines, l => l.EndsWith("moat    clone into new namespaces",
            StringComparison.Ordinal));
        Assert.Contains(lines, l => l.EndsWith("kernel  install the filter", StringComparison.Ordinal));
        Assert.Contains(
            lines, l => l.EndsWith("the guest runs up to its first system call", StringComparison.Ordinal));
        Assert.EndsWith("moat    done", lines[^2], StringComparison.Ordinal);
    }

    // --net is not among the plain options, so that it brings the real parser in.
    [Theory]
    [InlineData("--hostname", "box", "--cwd=/usr", "--env", "A=b", "-e", "C=d", "--clear-env", "sh", "-c", S)]
    [InlineData("-w", "/usr", "--hostname=box", "-e=A=b", "--user", "5:6", "--", "sh", "-c", S)]
    [InlineData("--cwd", "/usr", "--cwd", "/", "--", "sh", "-c", S)]
    [InlineData("--timeout", "x", "true")]
    [InlineData("--env")]
    [InlineData("--clear-env", "false", "true")]
    [InlineData("-v", "/usr:/mnt:ro", "ls", "/mnt")]
    [InlineData("-v", "/usr", "ls")]
    [InlineData("--cwd", "-x", "ls")]
    [InlineData("--rootfs", "/", "--user", "5:6", "sh", "-c", S)]
    [InlineData("--rootfs=/no/such/place", "true")]
    public void PlainWordsMeanTheSameToBothParsers(params string[] words)
    {
        string plain = Do("root", words).Transcript();
        string real = Do("root", ["--net", "none", .. words]).Transcript();
        Assert.Equal(real, plain);
    }

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void StreamsPassThrough(string who)
    {
        CommandResult result = new Command(
            Identity.Of(who), [TestArea.Moat(), "do", "--", "sh", "-c", "cat; echo error >&2"])
        {
            Input = "input\n",
        }.Run();
        Assert.Equal("input\n", result.Output);
        Assert.Equal("error\n", result.Error);
    }

    [Theory]
    [InlineData(127, "/no/such/program")]
    [InlineData(127, "nosuchprogram")]
    [InlineData(126, "/etc")]
    [InlineData(126, "/etc/passwd")]
    public void ProgramsThatCannotRunAreOneLine(int expected, string program)
    {
        foreach (string who in (string[])["root", "user"])
        {
            AssertOneLine(expected, Do(who, "--", program));
        }
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("--volume", "/no/such/place:/x")]
    [InlineData("--volume", "x")]
    [InlineData("--volume", "/usr:/x:ro:exclusive")]
    [InlineData("--volume", "/usr:/x:")]
    [InlineData("--timeout", "never")]
    [InlineData("--user", "nosuchuser")]
    [InlineData("--cwd", "relative")]
    public void BadOptionsAreOneLine(params string[] options) =>
        AssertOneLine(125, Do("root", [.. options, "--", "true"]));

    [Fact]
    public void ForeignProgramIsOneLine()
    {
        string path = TestArea.NewPath("foreign");
        byte[] header = new byte[64];
        File.ReadAllBytes("/bin/true").AsSpan(0, 64).CopyTo(header);
        header[18] = 0xb7;
        File.WriteAllBytes(path, header);
        File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
        AssertOneLine(126, Do("root", "--", path));
        File.Delete(path);
    }

    [Fact]
    public void TimeoutEndsIt()
    {
        CommandResult result = Do("root", "--timeout", "1", "--", "sleep", "60");
        Assert.Equal(124, result.ExitCode);
        Assert.InRange(result.Elapsed.TotalSeconds, 0.9, 20);
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    [InlineData("HUP", 129)]
    [InlineData("USR1", 138)]
    public void SignalsReachTheGuest(string signal, int expected)
    {
        using Process moat = Sleep(out List<int> all);
        Processes.Signal(moat.Id, signal);
        Assert.True(moat.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Equal(expected, moat.ExitCode);
        AssertGone(all);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void KillingThePartsLeavesNothing(int which)
    {
        // 0: the kernel process; 1: the first stub, the oldest. It lives on: its program calls no execve.
        using Process moat = Sleep(out List<int> all, "echo ready; sleep 100; true");
        List<int> stubs = all[1..];
        stubs.Sort();
        Processes.Signal(which == 0 ? all[0] : stubs[0], "KILL");
        Assert.True(moat.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Equal(137, moat.ExitCode);
        AssertGone(all);
    }

    [Fact]
    public void KillingTheLauncherLeavesNothing()
    {
        using Process moat = Sleep(out List<int> all);
        Processes.Signal(moat.Id, "KILL");
        Assert.True(moat.WaitForExit(TimeSpan.FromSeconds(20)));
        AssertGone(all);
    }

    private static CommandResult Do(string who, params string[] words) =>
        new Command(Identity.Of(who), [TestArea.Moat(), "do", .. words]).Run();

    /// <summary>A sandbox that sleeps; all its processes of this machine, the kernel process first.</summary>
    private static Process Sleep(out List<int> all, string program = "echo ready; exec sleep 100")
    {
        Process moat = new Command(
            Identity.Root, [TestArea.Moat(), "do", "--", "sh", "-c", program]).Start();
        Assert.Equal("ready", moat.StandardOutput.ReadLine());
        List<int> found = [];
        Assert.True(Processes.Eventually(() => (found = Processes.Descendants(moat.Id)).Count >= 2));
        all = found;
        return moat;
    }

    private static void AssertGone(List<int> pids) =>
        Assert.True(Processes.Eventually(() => !pids.Exists(Processes.IsAlive)));

    private static void AssertOneLine(int status, CommandResult result)
    {
        Assert.Equal(status, result.ExitCode);
        Assert.StartsWith("moat: ", result.Error, StringComparison.Ordinal);
        Assert.Equal(result.Error.Length - 1, result.Error.IndexOf('\n', StringComparison.Ordinal));
        Assert.Empty(result.Output);
    }
}
