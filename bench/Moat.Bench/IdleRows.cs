// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Threading;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>A sandbox whose only program waits: memory of all its processes, and the CPU time they use in
/// ten seconds.</summary>
internal static class IdleRows
{
    private static readonly Row s_rss = new(RowKind.Idle, "idle-rss", "MB",
        "sum of RSS of all processes, idle");
    private static readonly Row s_pss = new(RowKind.Idle, "idle-pss", "MB",
        "sum of PSS of all processes, idle");
    private static readonly Row s_cpu = new(RowKind.Idle, "idle-cpu", "ms",
        "CPU time of all processes in 10 s, idle");

    public static readonly IReadOnlyList<Row> All = [s_rss, s_pss, s_cpu];

    public static void Run(IReadOnlyList<Target> targets, BenchOptions options, Results results)
    {
        bool cpu = options.Wants(s_cpu.Name) && !options.Quick;
        if (!cpu && !options.Wants(s_rss.Name) && !options.Wants(s_pss.Name))
        {
            return;
        }
        foreach (Target target in targets)
        {
            using Session session = new(target.Prepare([target.Micro, "--idle"], TimeSpan.FromMinutes(1)));
            bool started = session.ReadLine() == "idle";
            if (started)
            {
                Thread.Sleep(1000);
                (double rss, double pss) = ProcessTree.Memory(target.Meter.Processes(session.Pid));
                results.Of(s_rss, target).Values.Add(rss / 1024);
                results.Of(s_pss, target).Values.Add(pss / 1024);
            }
            if (started && cpu && target.Meter.UsedNs(session.Pid) is double before)
            {
                Thread.Sleep(10000);
                double used = target.Meter.UsedNs(session.Pid)!.Value - before;
                results.Of(s_cpu, target).Values.Add(used / 1e6);
            }
            results.Of(s_rss, target).Note(session.Finish() ?? (started ? null : "did not start"));
            target.CleanUp();
        }
    }
}
