// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>The rows of <c>micro.c</c>: one process per round and target runs all of them.</summary>
internal static class MicroRows
{
    private const string HostOnly = "sigsys";

    private static readonly Row[] s_rows =
    [
        new("getppid", "ns", "getppid(2)"),
        new("sigsys", "ns", "bare SIGSYS round trip: seccomp trap, handler, sigreturn (host only)"),
        new("clock_gettime", "ns", "clock_gettime through the vDSO"),
        new("cpu", "ns", "1,000 xorshift steps"),
        new("read-1", "ns", "read 1 byte of /dev/zero"),
        new("pwrite-4k", "ns", "pwrite 4 KiB, tmpfs"),
        new("pread-4k", "ns", "pread 4 KiB, tmpfs"),
        new("pread-64k", "ns", "pread 64 KiB, tmpfs"),
        new("pread-1m", "ns", "pread 1 MiB, tmpfs"),
        new("pwrite-64k", "ns", "pwrite 64 KiB, tmpfs"),
        new("pwrite-1m", "ns", "pwrite 1 MiB, tmpfs"),
        new("fstat", "ns", "fstat"),
        new("stat", "ns", "stat of a file on tmpfs"),
        new("stat-usr", "ns", "stat of /usr/bin/env"),
        new("stat-missing", "ns", "stat of a missing path"),
        new("open-close", "ns", "open + close of a file on tmpfs"),
        new("create-unlink", "ns", "create + close + unlink on tmpfs"),
        new("readdir-500", "ns", "getdents64 of 500 entries"),
        new("pipe", "ns", "pipe: write + read 1 byte, one process"),
        new("unix", "ns", "AF_UNIX stream: send + recv 1 byte, one process"),
        new("eventfd", "ns", "eventfd write + read"),
        new("epoll", "ns", "epoll_wait with an event ready"),
        new("mmap-touch", "ns", "mmap + touch + munmap of a page"),
        new("mprotect", "ns", "two mprotects of a page"),
        new("fault", "ns", "page fault, anonymous, sequential"),
        new("fault-file", "ns", "first touch of a page of a mapped file"),
        new("signal", "ns", "kill to oneself with a handler"),
        new("thread", "ns", "pthread create + join"),
        new("condvar", "ns", "condition-variable ping-pong between threads"),
        new("fork", "ns", "fork + exit + wait, 64 MiB touched"),
        new("fork-exec", "ns", "fork + exec + wait, static program"),
        new("vfork-exec", "ns", "vfork + exec + wait, static program"),
        new("ping-pong", "ns", "pipe ping-pong, two processes"),
    ];

    public static void Round(IReadOnlyList<Target> targets, BenchOptions options, Results results)
    {
        foreach (Target target in targets)
        {
            List<Row> left = [];
            foreach (Row row in s_rows)
            {
                if (options.Wants(row.Name) && (row.Name != HostOnly || target is HostTarget))
                {
                    left.Add(row);
                }
            }
            while (left.Count > 0)
            {
                Run(target, left, options, results);
            }
            target.CleanUp();
        }
    }

    // Runs the rows that are left; takes off those that gave a figure and, when the program ended early, the
    // one it ended at.
    private static void Run(Target target, List<Row> left, BenchOptions options, Results results)
    {
        List<string> words = [target.Micro];
        if (options.Quick)
        {
            words.Add("--quick");
        }
        left.ForEach(row => words.Add(row.Name));
        CommandResult result = target.Prepare(words, TimeSpan.FromSeconds(60)).Run();
        foreach (string line in result.Output.Split('\n'))
        {
            string[] parts = line.Trim().Split(' ');
            int index = left.FindIndex(row => row.Name == parts[0]);
            if (parts.Length == 3 && index >= 0
                && double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture,
                    out double value))
            {
                results.Of(left[index], target).Values.Add(value);
                left.RemoveAt(index);
            }
        }
        if (left.Count > 0)
        {
            string why = result.TimedOut ? "timed out" : $"exit {result.ExitCode} "
                + $"{result.Error.Trim().Split('\n')[^1]}";
            results.Of(left[0], target).Failure = why;
            left.RemoveAt(0);
        }
    }
}
