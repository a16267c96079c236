// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using Moat.Testing;
using Xunit;

namespace Moat.Workload.Tests;

/// <summary>
/// What a sync has confirmed to a guest outlives a kill -9 of the kernel process, and has been asked of the
/// host, so that it outlives the host too (<c>tests/hostile/crash/writer.c</c>).
/// </summary>
public sealed class CrashTests
{
    private const int Rounds = 6;

    private static readonly string[] s_modes =
        [
            "fsync", "fdatasync", "osync", "odsync", "rwf", "msync", "range", "reader", "rename", "syncfs",
            "lower",
        ];

    [Theory]
    [InlineData("volume", "root")]
    [InlineData("volume", "user")]
    [InlineData("overlay", "root")]
    [InlineData("overlay", "user")]
    public void Confirmed_records_outlive_the_kernel_process(string place, string who)
    {
        using CrashSite site = new(Identity.Of(who), place);
        Random random = new(20240607);
        for (int round = 0; round < Rounds; round++)
        {
            List<string> confirmed = WriteAndKill(site, random.Next(20, 400));
            Assert.NotEmpty(confirmed);
            CommandResult result = site.Verify(confirmed);
            Assert.True(result.ExitCode == 0 && result.Output == "missing 0\n",
                $"round {round}, {confirmed.Count} confirmed\n{result.Transcript()}");
        }
    }

    [Theory]
    [InlineData("root")]
    [InlineData("user")]
    public void Removed_names_of_a_layer_below_do_not_come_back(string who)
    {
        Random random = new(20240608);
        for (int round = 0; round < 2 * Rounds; round++)
        {
            using CrashSite site = new(Identity.Of(who), "overlay", "names");
            List<string> said = WriteAndKill(site, random.Next(0, 150));
            Assert.Equal(["removed"], said);
            CommandResult result = site.Verify([]);
            Assert.True(result.ExitCode == 0 && result.Output == "wrong 0\n",
                $"round {round}\n{result.Transcript()}");
        }
    }

    [Theory]
    [InlineData("fsync", "fsync(", "fsync.log")]
    [InlineData("fdatasync", "fdatasync(", "fdatasync.log")]
    [InlineData("osync", "fsync(", "osync.log")]
    [InlineData("odsync", "fdatasync(", "odsync.log")]
    [InlineData("rwf", "fdatasync(", "rwf.log")]
    [InlineData("msync", "msync(", "MS_SYNC")]
    [InlineData("range", "fdatasync(", "range.log")]
    [InlineData("reader", "fsync(", "reader.log")]
    [InlineData("rename", "fsync(", "rename.new", "fsync(", "/>|work>")]
    [InlineData("syncfs", "syncfs(", ">")]
    [InlineData("sync", "syncfs(", ">")]
    [InlineData("lower", "fsync(", "lower.log")]
    public void Every_sync_reaches_the_host(string mode, params string[] expected)
    {
        foreach (string place in (string[])["volume", "overlay"])
        {
            using CrashSite site = new(Identity.Root, place);
            string trace = Traced(site, mode);
            for (int i = 0; i < expected.Length; i += 2)
            {
                Assert.True(HasLine(trace, expected[i], expected[i + 1]), $"{place}: {expected[i]}\n{trace}");
            }
        }
    }

    private static List<string> WriteAndKill(CrashSite site, int delayMs)
    {
        using Process process = site.Inside("write", s_modes).Start();
        List<string> confirmed = [];
        string? line = process.StandardOutput.ReadLine();
        int kernel = ProcessTree.Below(process.Id)[1];
        using Timer kill = new(_ => Signal(kernel), null, delayMs, Timeout.Infinite);
        for (; line is not null; line = process.StandardOutput.ReadLine())
        {
            Assert.True(line.IndexOf("failed", StringComparison.Ordinal) < 0, line);
            confirmed.Add(line);
        }
        Assert.True(process.WaitForExit(10000), "the sandbox did not end");
        Assert.True(process.ExitCode is 125 or 137, process.StandardError.ReadToEnd());
        return confirmed;
    }

    private static string Traced(CrashSite site, string mode)
    {
        using Process process = site.Inside("once", mode).Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        List<string> words = ["/usr/bin/strace", "-f", "-y", "-e", "trace=fsync,fdatasync,syncfs,msync"];
        foreach (int pid in ProcessTree.Below(process.Id)[1..])
        {
            words.AddRange(["-p", pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        }
        using Process strace = new Command(Identity.Root, words).Start();
        StringBuilder trace = new();
        strace.ErrorDataReceived += (_, data) =>
        {
            lock (trace)
            {
                trace.Append(data.Data).Append('\n');
            }
        };
        strace.BeginErrorReadLine();
        WaitUntilAttached(trace);
        process.StandardInput.Write("\n");
        process.StandardInput.Flush();
        string? answer = process.StandardOutput.ReadLine();
        bool ended = process.WaitForExit(20000) && strace.WaitForExit(10000);
        if (!ended)
        {
            process.Kill(entireProcessTree: true);
            strace.Kill();
        }
        strace.WaitForExit();
        Assert.Equal("done", answer);
        Assert.True(ended, "the sandbox or strace did not end");
        lock (trace)
        {
            return trace.ToString();
        }
    }

    // "Process N attached" comes for all threads of all processes before any of them goes on.
    private static void WaitUntilAttached(StringBuilder trace)
    {
        int before = -1;
        for (int i = 0; i < 100; i++)
        {
            Thread.Sleep(100);
            lock (trace)
            {
                if (trace.Length == before && trace.Length > 0)
                {
                    return;
                }
                before = trace.Length;
            }
        }
        Assert.Fail("strace does not attach");
    }

    private static bool HasLine(string trace, string call, string what)
    {
        foreach (string line in trace.Split('\n'))
        {
            if (line.Contains(" " + call, StringComparison.Ordinal)
                && Array.Exists(what.Split('|'), end => line.Contains(end, StringComparison.Ordinal))
                && (line.EndsWith("= 0", StringComparison.Ordinal)
                    || line.EndsWith("<unfinished ...>", StringComparison.Ordinal)))
            {
                return true;
            }
        }
        return false;
    }

    private static void Signal(int pid) => new Command(Identity.Root, ["/bin/kill", "-KILL",
        pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]).Run();

    /// <summary>A directory that a sandbox writes to, and what shows afterwards what is in it.</summary>
    private sealed class CrashSite : IDisposable
    {
        private readonly Identity _identity;
        private readonly string _area = TestArea.NewPath("crash"), _program;
        private readonly bool _isOverlay;

        public CrashSite(Identity identity, string place, string program = "writer")
        {
            _identity = identity;
            _isOverlay = place == "overlay";
            _program = GuestProgram.Find("hostile/crash", program).Build("static");
            TestArea.MakeFresh(_area, identity);
            TestArea.MakeFresh(Work, identity);
            new Command(identity, ["/bin/sh", "-c", $"{_program} lower {Work} > {Work}/lower.log"]).Run();
        }

        private string Work => _area + "/work";

        public Command Inside(string verb, params string[] modes) => Testing.Sandbox.Do(_identity,
            [_program, verb, Work, .. modes], "/", TimeSpan.FromSeconds(60), Options);

        private string[] Options =>
            _isOverlay ? ["--overlay", _area + "/box"] : ["--volume", $"{Work}:{Work}"];

        public CommandResult Verify(List<string> confirmed)
        {
            string[] words = [_program, "verify", Work];
            if (_isOverlay)
            {
                words = [TestArea.Moat(), "do", .. Options, "--", .. words];
            }
            return new Command(_identity, words) { Input = string.Join('\n', confirmed) + "\n" }.Run();
        }

        public void Dispose() => TestArea.Remove(_area);
    }
}
