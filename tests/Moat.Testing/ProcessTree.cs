// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Moat.Testing;

/// <summary>The processes below one, with their memory and CPU time, from the host's /proc.</summary>
public static class ProcessTree
{
    private const double TicksPerSecond = 100;

    /// <summary>A process and all its descendants.</summary>
    public static List<int> Below(int root)
    {
        Dictionary<int, List<int>> children = [];
        foreach (string directory in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int pid)
                && Fields(pid) is { } fields && int.TryParse(fields[1], CultureInfo.InvariantCulture,
                    out int parent))
            {
                if (!children.TryGetValue(parent, out List<int>? list))
                {
                    children[parent] = list = [];
                }
                list.Add(pid);
            }
        }
        List<int> all = [root];
        for (int i = 0; i < all.Count; i++)
        {
            if (children.TryGetValue(all[i], out List<int>? list))
            {
                all.AddRange(list);
            }
        }
        return all;
    }

    /// <summary>Sums of RSS and PSS in KiB.</summary>
    public static (double Rss, double Pss) Memory(IEnumerable<int> pids)
    {
        double rss = 0, pss = 0;
        foreach (int pid in pids)
        {
            try
            {
                foreach (string line in File.ReadLines($"/proc/{pid}/smaps_rollup"))
                {
                    rss += Value(line, "Rss:");
                    pss += Value(line, "Pss:");
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A process that ended, or a zombie: it holds nothing.
            }
        }
        return (rss, pss);
    }

    /// <summary>CPU time used so far, in milliseconds, user and system.</summary>
    public static double CpuMs(IEnumerable<int> pids)
    {
        double ticks = 0;
        foreach (int pid in pids)
        {
            if (Fields(pid) is { } fields)
            {
                ticks += double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12],
                    CultureInfo.InvariantCulture);
            }
        }
        return ticks * 1000 / TicksPerSecond;
    }

    private static double Value(string line, string key) => line.StartsWith(key, StringComparison.Ordinal)
        ? double.Parse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(),
            CultureInfo.InvariantCulture)
        : 0;

    // The fields of stat after the name, which may hold anything: [0] is the state, [1] the parent.
    private static string[]? Fields(int pid)
    {
        try
        {
            string text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
