// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Testing;
using Xunit;

namespace Moat.Oci.Tests;

/// <summary>Mounts of a bundle that `runc spec` made: what is seen inside is what runc shows.</summary>
public sealed class RuncMountTests : IDisposable
{
    private const string Busybox = "/bin/busybox";
    private const string Script =
        "mount; echo --; ls /sys/fs/cgroup; for d in /sys/fs/cgroup/*; do echo $d; ls $d; done; "
        + "cat /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/cpu/cpu.shares; ls -a /dev/mqueue; "
        + "touch /sys/fs/cgroup/memory/x";

    // Ours has no ext4 under it, and its procfs has not all that runc hides.
    private static readonly string[] s_absent =
        [" on / type ", " on /proc/irq ", " on /proc/acpi ", " on /proc/keys ", " on /proc/timer_list "];

    private readonly string _store = TestArea.NewPath("store");
    private readonly string _bundle = TestArea.NewPath("bundle");

    public void Dispose()
    {
        TestArea.Remove(_store);
        TestArea.Remove(_bundle);
    }

    [Fact]
    public void MountsAndCgroupsAreRuncs()
    {
        Assert.SkipUnless(File.Exists(Busybox) && File.Exists("/usr/sbin/runc"), "needs busybox and runc");
        WriteBundle();
        string id = "moat-test-" + Environment.ProcessId;
        CommandResult expected = new Command(Identity.Root, ["runc", "run", "-b", _bundle, id]).Run();
        Assert.SkipUnless(
            expected.Output.Contains(" type cgroup (", StringComparison.Ordinal),
                "runc shows no cgroup v1 here");
        CommandResult actual = new Command(
            Identity.Root, [TestArea.Moat(), "--root", _store, "run", "-b", _bundle, id]).Run();
        Assert.Equal(Comparable(expected.Output), Comparable(actual.Output));
        Assert.Equal(expected.Error, actual.Error);
        Assert.Empty(Directory.GetDirectories("/sys/fs/cgroup", id, SearchOption.AllDirectories));
    }

    [Fact]
    public void DeleteRemovesTheCgroups()
    {
        Assert.SkipUnless(File.Exists(Busybox) && File.Exists("/usr/sbin/runc"), "needs busybox and runc");
        WriteBundle();
        string id = "moat-test-" + Environment.ProcessId + "-d";
        string[] moat = [TestArea.Moat(), "--root", _store];
        string[] quiet = ["sh", "-c", "exec \"$@\" </dev/null >/dev/null 2>&1", "sh", .. moat];
        Assert.Equal(0, new Command(Identity.Root, [.. quiet, "create", "-b", _bundle, id]).Run().ExitCode);
        Assert.Equal(0, new Command(Identity.Root, [.. moat, "delete", "-f", id]).Run().ExitCode);
        Assert.Empty(Directory.GetDirectories("/sys/fs/cgroup", id, SearchOption.AllDirectories));
    }

    private static string Comparable(string output)
    {
        var lines = new List<string>();
        foreach (string line in output.Split('\n'))
        {
            if (!Array.Exists(s_absent, a => line.Contains(a, StringComparison.Ordinal)))
            {
                lines.Add(line);
            }
        }

        return string.Join('\n', lines);
    }

    private void WriteBundle()
    {
        string bin = Path.Combine(_bundle, "rootfs", "bin");
        Directory.CreateDirectory(bin);
        File.Copy(Busybox, Path.Combine(bin, "busybox"));
        foreach (string name in (string[])["sh", "mount", "ls", "cat", "touch"])
        {
            File.CreateSymbolicLink(Path.Combine(bin, name), "busybox");
        }

        Assert.Equal(0, new Command(Identity.Root, ["runc", "spec", "-b", _bundle]).Run().ExitCode);
        string path = Path.Combine(_bundle, "config.json");
        string text = File.ReadAllText(path)
            .Replace("\"terminal\": true", "\"terminal\": false", StringComparison.Ordinal)
            .Replace("\"sh\"", $"\"sh\", \"-c\", \"{Script}\"", StringComparison.Ordinal);
        File.WriteAllText(path, text);
    }
}
