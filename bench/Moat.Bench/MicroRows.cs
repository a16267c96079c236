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

    public static readonly IReadOnlyList<Row> All =
    [
        Micro("getppid", "getppid(2)"),
        Micro("sigsys", "bare SIGSYS round trip: seccomp trap, handler, sigreturn (host only)"),
        Micro("clock_gettime", "clock_gettime through the vDSO"),
        Micro("cpu", "1,000 xorshift steps"),
        Micro("futex", "futex wake without a waiter"),
        Micro("signal", "kill to oneself with a handler"),
        Micro("read-1", "read 1 byte of /dev/zero"),
        Micro("write-1", "write 1 byte to /dev/null"),
        Micro("pread-4k", "pread 4 KiB, tmpfs"),
        Micro("pread-64k", "pread 64 KiB, tmpfs"),
        Micro("pread-1m", "pread 1 MiB, tmpfs"),
        Micro("pwrite-4k", "pwrite 4 KiB, tmpfs"),
        Micro("pwrite-64k", "pwrite 64 KiB, tmpfs"),
        Micro("pwrite-1m", "pwrite 1 MiB, tmpfs"),
        Micro("fstat", "fstat"),
        Micro("stat", "stat of a file on tmpfs"),
        Micro("stat-usr", "stat of /usr/bin/env"),
        Micro("stat-missing", "stat of a missing path"),
        Micro("open-close", "open + close of a file on tmpfs"),
        Micro("create-unlink", "create + close + unlink on tmpfs"),
        Micro("readdir-500", "getdents64 of 500 entries"),
        Micro("pipe", "pipe: write + read 1 byte, one process"),
        Micro("unix", "AF_UNIX stream: send + recv 1 byte, one process"),
        Micro("eventfd", "eventfd write + read"),
        Micro("epoll", "epoll_wait with an event ready"),
        Micro("poll", "poll with an event ready"),
        Micro("ping-pong", "pipe ping-pong, two processes"),
        Micro("unix-ping", "AF_UNIX stream ping-pong, two processes"),
        Micro("mmap-touch", "mmap + touch + munmap of a page"),
        Micro("mmap-256m", "mmap + touch of one page + munmap of 256 MiB"),
        Micro("mmap-file", "mmap + touch + munmap of a file's page"),
        Micro("mprotect", "two mprotects of a page"),
        Micro("fault", "page fault, anonymous, sequential"),
        Micro("fault-file", "first touch of a page of a mapped file"),
        Micro("thread", "pthread create + join"),
        Micro("condvar", "condition-variable ping-pong between threads"),
        Micro("fork", "fork + exit + wait, 64 MiB touched"),
        Micro("fork-exec", "fork + exec + wait, static program"),
        Micro("vfork-exec", "vfork + exec + wait, static program"),
        Micro("spawn", "posix_spawn + wait of /usr/bin/true, dynamically linked"),
        Micro("calls-1", "1 busy thread: getppid"),
        Micro("calls-2", "2 busy threads: getppid, per call of a thread"),
        Micro("calls-4", "4 busy threads: getppid, per call of a thread"),
        Micro("calls-16", "16 busy threads: getppid, per call of a thread"),
        Micro("mixed-1", "1 busy thread: 20,000 xorshift steps and a getppid"),
        Micro("mixed-2", "2 busy threads: the same, per turn of a thread"),
        Micro("mixed-4", "4 busy threads: the same, per turn of a thread"),
        Micro("mixed-16", "16 busy threads: the same, per turn of a thread"),
        Micro("cpu-N", "1,000 xorshift steps in each of as many threads as there are cores"),
    ];

    public static void Round(IReadOnlyList<Target> targets, BenchOptions options, Results results)
    {
        foreach (Row row in All)
        {
            foreach (Target target in targets)
            {
                if (options.Wants(row.Name) && (row.Name != HostOnly || target is HostTarget)
                    && results.Of(row, target) is { IsGivenUp: false } sample)
                {
                    sample.Note(Run(row, target, options.Quick, sample));
                    target.CleanUp();
                }
            }
        }
    }

    // Returns what went wrong, null when nothing did.
    private static string? Run(Row row, Target target, bool quick, Sample sample)
    {
        List<string> words = [target.Micro, "--barrier", row.Name];
        if (quick)
        {
            words.Insert(1, "--quick");
        }
        using Session session = new(target.Prepare(words, TimeSpan.FromSeconds(30)));
        if (session.ReadLine() != "ready " + row.Name)
        {
            return session.Finish() ?? "no figure";
        }
        double? before = Used(target, session);
        session.Go();
        string[] parts = session.ReadLine()?.Split(' ') ?? [];
        double? used = Used(target, session) - before;
        session.Go();
        string? failure = session.Finish();
        if (failure != null || parts.Length != 4 || parts[0] != row.Name)
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

    private static Row Micro(string name, string what) => new(RowKind.Micro, name, "ns", what);
}
