// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;

namespace Moat.Bench;

/// <summary>
/// The rows of <c>bench/micro</c>: a new sandbox for each row, round and target. The program stops before
/// and after its batches, so that CPU time is that of the batches, without the start.
/// </summary>
internal static class MicroRows
{
    private const string HostOnly = "sigsys";

    private static readonly MicroRow[] s_rows =
    [
        MicroRow.Of("getppid", "getppid(2)"),
        MicroRow.Of("sigsys", "bare SIGSYS round trip: seccomp trap, handler, sigreturn (host only)"),
        MicroRow.Of("clock_gettime", "clock_gettime through the vDSO"),
        MicroRow.Of("cpu", "1,000 xorshift steps"),
        MicroRow.Of("futex", "futex wake without a waiter"),
        MicroRow.Of("signal", "kill to oneself with a handler"),
        MicroRow.Of("read-1", "read 1 byte of /dev/zero"),
        MicroRow.Of("write-1", "write 1 byte to /dev/null"),
        MicroRow.Of("pread-4k", "pread 4 KiB, tmpfs"),
        MicroRow.Of("pread-64k", "pread 64 KiB, tmpfs"),
        MicroRow.Of("pread-1m", "pread 1 MiB, tmpfs"),
        MicroRow.Of("pwrite-4k", "pwrite 4 KiB, tmpfs"),
        MicroRow.Of("pwrite-64k", "pwrite 64 KiB, tmpfs"),
        MicroRow.Of("pwrite-1m", "pwrite 1 MiB, tmpfs"),
        MicroRow.Of("fstat", "fstat"),
        MicroRow.Of("stat", "stat of a file on tmpfs"),
        MicroRow.Of("stat-usr", "stat of /usr/bin/env"),
        MicroRow.Of("stat-missing", "stat of a missing path"),
        MicroRow.Of("open-close", "open + close of a file on tmpfs"),
        MicroRow.Of("create-unlink", "create + close + unlink on tmpfs"),
        MicroRow.Of("readdir-500", "getdents64 of 500 entries"),
        MicroRow.Of("readdir-10k", "getdents64 of 10,000 entries"),
        .. Files(Place.Volume, "volume", "a volume"),
        .. Files(Place.Root, "root", "the root file system"),
        MicroRow.Of("pipe", "pipe: write + read 1 byte, one process"),
        MicroRow.Of("unix", "AF_UNIX stream: send + recv 1 byte, one process"),
        MicroRow.Of("eventfd", "eventfd write + read"),
        MicroRow.Of("epoll", "epoll_wait with an event ready"),
        MicroRow.Of("poll", "poll with an event ready"),
        MicroRow.Of("ping-pong", "pipe ping-pong, two processes"),
        MicroRow.Of("unix-ping", "AF_UNIX stream ping-pong, two processes"),
        MicroRow.Of("mmap-touch", "mmap + touch + munmap of a page"),
        MicroRow.Of("mmap-256m", "mmap + touch of one page + munmap of 256 MiB"),
        MicroRow.Of("mmap-file", "mmap + touch + munmap of a file's page"),
        MicroRow.Of("mprotect", "two mprotects of a page"),
        MicroRow.Of("fault", "page fault, anonymous, sequential"),
        MicroRow.Of("fault-file", "first touch of a page of a mapped file"),
        MicroRow.Of("thread", "pthread create + join"),
        MicroRow.Of("condvar", "condition-variable ping-pong between threads"),
        MicroRow.Of("fork", "fork + exit + wait, 64 MiB touched"),
        MicroRow.Of("fork-exec", "fork + exec + wait, static program"),
        MicroRow.Of("vfork-exec", "vfork + exec + wait, static program"),
        MicroRow.Of("spawn", "posix_spawn + wait of /usr/bin/true, dynamically linked"),
        MicroRow.Of("calls-1", "1 busy thread: getppid"),
        MicroRow.Of("calls-2", "2 busy threads: getppid, per call of a thread"),
        MicroRow.Of("calls-4", "4 busy threads: getppid, per call of a thread"),
        MicroRow.Of("calls-16", "16 busy threads: getppid, per call of a thread"),
        MicroRow.Of("mixed-1", "1 busy thread: 20,000 xorshift steps and a getppid"),
        MicroRow.Of("mixed-2", "2 busy threads: the same, per turn of a thread"),
        MicroRow.Of("mixed-4", "4 busy threads: the same, per turn of a thread"),
        MicroRow.Of("mixed-16", "16 busy threads: the same, per turn of a thread"),
        MicroRow.Of("cpu-N", "1,000 xorshift steps in each of as many threads as there are cores"),
    ];

    /// <summary>The rows.</summary>
    public static readonly IReadOnlyList<Row> All = Array.ConvertAll(s_rows, micro => micro.Row);

    /// <summary>Whether the row is an operation on files of a volume or of the root file system.</summary>
    public static bool IsInPlace(Row row) =>
        Array.Exists(s_rows, m => m.Row == row && m.Place != Place.Scratch);

    public static void Round(IReadOnlyList<Target> targets, BenchOptions options, Results results)
    {
        foreach (MicroRow micro in s_rows)
        {
            Row row = micro.Row;
            foreach (Target target in targets)
            {
                if (options.Wants(row.Name) && (row.Name != HostOnly || target is HostTarget)
                    && results.Of(row, target) is { IsGivenUp: false } sample)
                {
                    sample.Note(Run(micro, target, options.Quick, sample));
                    target.CleanUp();
                }
            }
        }
    }

    // Returns what went wrong, null when nothing did.
    private static string? Run(MicroRow micro, Target target, bool quick, Sample sample)
    {
        List<string> words = [target.Micro, "--barrier"];
        if (quick)
        {
            words.Add("--quick");
        }
        if (micro.Place != Place.Scratch)
        {
            Workspace.EmptyVolume();
            words.AddRange(["--directory", target.Directory(micro.Place)]);
        }
        words.Add(micro.Operation);
        using Session session = new(target.Prepare(words, TimeSpan.FromSeconds(30)));
        if (session.ReadLine() != "ready " + micro.Operation)
        {
            return session.Finish() ?? "no figure";
        }
        double? before = Used(target, session);
        session.Go();
        string[] parts = session.ReadLine()?.Split(' ') ?? [];
        double? used = Used(target, session) - before;
        session.Go();
        string? failure = session.Finish();
        if (failure != null || parts.Length != 4 || parts[0] != micro.Operation)
        {
            return failure ?? "no figure";
        }
        sample.Values.Add(double.Parse(parts[1], CultureInfo.InvariantCulture));
        if (used != null)
        {
            sample.Cpu.Add(used.Value / double.Parse(parts[3], CultureInfo.InvariantCulture));
        }
        return null;
    }

    // The program has printed its line and waits: a moment, so that all the sandbox's threads sleep again.
    private static double? Used(Target target, Session session)
    {
        Thread.Sleep(3);
        return target.Meter.UsedNs(session.Pid);
    }

    private static IEnumerable<MicroRow> Files(Place place, string prefix, string where)
    {
        foreach ((string operation, string what) in ((string, string)[])[
            ("stat", "stat of a file"), ("stat-missing", "stat of a missing path"),
            ("open-close", "open + close"), ("create-unlink", "create + close + unlink"),
            ("readdir-10k", "getdents64 of 10,000 entries"), ("pread-4k", "pread 4 KiB"),
            ("pread-1m", "pread 1 MiB"), ("pwrite-4k", "pwrite 4 KiB"), ("pwrite-1m", "pwrite 1 MiB")])
        {
            yield return MicroRow.In(place, $"{prefix}-{operation}", operation, $"{what}, {where}");
        }
    }
}
