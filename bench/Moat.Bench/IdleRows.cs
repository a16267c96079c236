// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>A sandbox whose only program waits: memory of all its processes, and the CPU time they use in
/// ten seconds.</summary>
internal static class IdleRows
{
    private static readonly Row s_rss = new("idle-rss", "MB", "sum of RSS of all processes, idle");
    private static readonly Row s_pss = new("idle-pss", "MB", "sum of PSS of all processes, idle");
    private static readonly Row s_cpu = new("idle-cpu", "ms", "CPU time of all processes in 10 s, idle");

    public static void Run(IReadOnlyList<Target> targets, BenchOptions options, Results results)
    {
        bool cpu = options.Wants(s_cpu.Name) && !options.Quick;
        if (!cpu && !options.Wants(s_rss.Name) && !options.Wants(s_pss.Name))
        {
            return;
        }
        foreach (Target target in targets)
        {
            using Process process = target.Prepare([target.Micro, "--idle"], TimeSpan.FromMinutes(1)).Start();
            string? line = process.StandardOutput.ReadLine();
            if (line?.Trim() != "idle")
            {
                results.Of(s_rss, target).Failure = $"did not start: "
                    + $"{process.StandardError.ReadToEnd().Trim()}";
            }
            else
            {
                Thread.Sleep(1000);
                List<int> pids = ProcessTree.Below(process.Id);
                (double rss, double pss) = ProcessTree.Memory(pids);
                results.Of(s_rss, target).Values.Add(rss / 1024);
                results.Of(s_pss, target).Values.Add(pss / 1024);
                if (cpu)
                {
                    double before = ProcessTree.CpuMs(pids);
                    Thread.Sleep(10000);
                    results.Of(s_cpu, target).Values.Add(ProcessTree.CpuMs(pids) - before);
                }
            }
            process.StandardInput.Close();
            if (!process.WaitForExit(10000))
            {
                process.Kill(entireProcessTree: true);
            }
            target.CleanUp();
        }
    }
}
