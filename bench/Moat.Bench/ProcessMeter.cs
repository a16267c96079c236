// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>The process tree's own times, in ticks of 10 ms, with those of children that were waited for:
/// where no cgroup is to be had.</summary>
internal sealed class ProcessMeter : CpuMeter
{
    private const double TickNs = 1e7;

    /// <summary>Says that the figures will be coarse.</summary>
    public ProcessMeter(string target) => Console.Error.WriteLine(
        $"bench: no cgroup for {target}: its CPU times are coarse, and miss processes that moved away");

    public override string Method => "/proc/PID/stat";

    public override double? UsedNs(int? root)
    {
        if (root == null)
        {
            return null;
        }
        double ticks = 0;
        foreach (int pid in Processes(root.Value))
        {
            try
            {
                string text = File.ReadAllText($"/proc/{pid}/stat");
                string[] fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                // utime, stime, cutime, cstime.
                for (int i = 11; i < 15; i++)
                {
                    ticks += double.Parse(fields[i], CultureInfo.InvariantCulture);
                }
            }
            catch (IOException)
            {
                // It ended; its parent has its time once it has waited.
            }
        }
        return ticks * TickNs;
    }

    public override List<int> Processes(int root) => ProcessTree.Below(root);
}
