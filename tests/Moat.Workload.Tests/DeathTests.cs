// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Threading;
using Moat.Testing;
using Xunit;

namespace Moat.Workload.Tests;

/// <summary>kill -9 of any process of a sandbox: the right status, and nothing left behind.</summary>
public sealed class DeathTests
{
    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Killed_stub_is_a_killed_guest_process(string who)
    {
        using Running running = new(Identity.Of(who), "/bin/sleep", "100");
        running.Kill(running.Stubs()[0]);
        Assert.Equal(137, running.End());
        running.AssertNothingLeft();
    }

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Killed_stub_of_a_child_is_seen_by_its_parent(string who)
    {
        using Running running = new(Identity.Of(who), "/bin/sh", "-c",
            "echo $$; sleep 100; echo status $?; exit 5");
        List<int> stubs = running.Stubs();
        for (int i = 0; i < 100 && stubs.Count < 2; i++)
        {
            Thread.Sleep(50);
            stubs = running.Stubs();
        }
        Assert.True(stubs.Count >= 2, "two guest processes expected");
        stubs.Sort();
        running.Kill(running.YoungestWithGuest(stubs));
        Assert.Equal(5, running.End());
        Assert.Contains("status 137", running.Output, StringComparison.Ordinal);
        running.AssertNothingLeft();
    }

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Killed_kernel_process_ends_the_sandbox(string who)
    {
        using Running running = new(Identity.Of(who), "/bin/sh", "-c", "sleep 100 & sleep 100");
        running.Kill(running.KernelProcess());
        Assert.True(running.End() is 125 or 137, "a status that says that the sandbox failed");
        running.AssertNothingLeft();
    }

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Killed_command_takes_everything_with_it(string who)
    {
        using Running running = new(Identity.Of(who), "/bin/sh", "-c", "sleep 100 & sleep 100");
        running.Kill(running.Moat());
        Assert.Equal(137, running.End());
        running.AssertNothingLeft();
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    [InlineData("HUP", 129)]
    public void Signals_reach_the_guest(string signal, int status)
    {
        using Running running = new(Identity.Root, "/bin/sleep", "100");
        running.Signal(running.Moat(), signal);
        Assert.Equal(status, running.End());
        running.AssertNothingLeft();
    }

    /// <summary>A started sandbox and the processes that belong to it.</summary>
    private sealed class Running : IDisposable
    {
        private readonly Process _process;
        private readonly HashSet<string> _mounts = Mounts(), _files = TemporaryFiles();
        private List<int> _all = [];

        public Running(Identity identity, params string[] words)
        {
            _process = Testing.Sandbox.Do(identity, words, "/", TimeSpan.FromSeconds(30)).Start();
            for (int i = 0; i < 200 && (_all = ProcessTree.Below(_process.Id)).Count < 3; i++)
            {
                Thread.Sleep(25);
            }
            Thread.Sleep(300);
            _all = ProcessTree.Below(_process.Id);
            Assert.True(_all.Count >= 3, "the sandbox did not start");
        }

        public string Output { get; private set; } = "";

        // setpriv execs, so the command is the process that was started.
        public int Moat() => _process.Id;

        public int KernelProcess()
        {
            List<int> below = ProcessTree.Below(Moat());
            return below[1];
        }

        public List<int> Stubs()
        {
            _all = ProcessTree.Below(Moat());
            List<int> stubs = ProcessTree.Below(KernelProcess());
            stubs.RemoveAt(0);
            return stubs;
        }

        // A spare stub holds no guest: the one that sleeps in the guest is not the one that was started
        // ahead.
        public int YoungestWithGuest(List<int> stubs)
        {
            int best = stubs[^1];
            foreach (int pid in stubs)
            {
                (double rss, _) = ProcessTree.Memory([pid]);
                (double bestRss, _) = ProcessTree.Memory([best]);
                if (rss > 300 && (bestRss <= 300 || pid > best))
                {
                    best = pid;
                }
            }
            return best;
        }

        public void Kill(int pid) => Signal(pid, "KILL");

        public void Signal(int pid, string signal)
        {
            _all = ProcessTree.Below(Moat());
            Assert.Contains(pid, _all);
            new Command(Identity.Root, ["/bin/kill", "-" + signal,
                pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]).Run();
        }

        public int End()
        {
            bool ended = _process.WaitForExit(10000);
            Assert.True(ended, "the sandbox did not end");
            Output = _process.StandardOutput.ReadToEnd();
            return _process.ExitCode;
        }

        public void AssertNothingLeft()
        {
            List<int> left = [];
            for (int i = 0; i < 40; i++)
            {
                left = _all.FindAll(pid => Directory.Exists($"/proc/{pid}") && pid != _process.Id);
                if (left.Count == 0)
                {
                    break;
                }
                Thread.Sleep(50);
            }
            Assert.True(left.Count == 0, "processes left: " + string.Join(' ', left));
            HashSet<string> mounts = Mounts(), files = TemporaryFiles();
            mounts.ExceptWith(_mounts);
            Assert.True(mounts.Count == 0, "mounts left: " + string.Join('\n', mounts));
            files.ExceptWith(_files);
            files.RemoveWhere(name => !name.Contains("moat", StringComparison.OrdinalIgnoreCase));
            Assert.True(files.Count == 0, "files left: " + string.Join('\n', files));
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }
            _process.Dispose();
        }

        private static HashSet<string> Mounts() => [.. File.ReadAllLines("/proc/self/mountinfo")];

        private static HashSet<string> TemporaryFiles()
        {
            HashSet<string> names = [];
            foreach (string directory in (string[])["/tmp", "/run", "/dev/shm"])
            {
                if (Directory.Exists(directory))
                {
                    names.UnionWith(Directory.GetFileSystemEntries(directory));
                }
            }
            return names;
        }
    }
}
