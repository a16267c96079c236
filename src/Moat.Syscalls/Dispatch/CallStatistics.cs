// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Moat.Syscalls.Dispatch;

/// <summary>Prints counters of system calls as a table, the costliest first.</summary>
public static class CallStatistics
{
    /// <summary>
    /// A line per call that was made, then the calls that answered ENOSYS. Times are the kernel process's
    /// own, with waiting and without the way from and to the guest.
    /// </summary>
    public static string Format(ReadOnlySpan<CallCounter> counters)
    {
        var order = new List<int>();
        for (int i = 0; i < counters.Length; i++)
        {
            if (counters[i].Count > 0)
            {
                order.Add(i);
            }
        }

        CallCounter[] copy = counters.ToArray();
        order.Sort((a, b) => copy[b].Ticks.CompareTo(copy[a].Ticks));
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{"call",-24}{"count",12}{"errors",10}{"total us",16}");
        text.Append(CultureInfo.InvariantCulture, $"{"ns/call",12}{"bytes",14}{"bytes/call",12}\n");
        foreach (int number in order)
        {
            AppendRow(text, number, copy[number]);
        }

        AppendMissing(text, order, copy);
        return text.ToString();
    }

    private static void AppendRow(StringBuilder text, int number, in CallCounter c)
    {
        double ns = c.Ticks * (1e9 / Stopwatch.Frequency);
        double bytes = (double)c.Bytes / c.Count;
        text.Append(CultureInfo.InvariantCulture,
            $"{Name(number),-24}{c.Count,12}{c.Errors,10}{ns / 1000,16:F0}{ns / c.Count,12:F0}");
        text.Append(CultureInfo.InvariantCulture, $"{c.Bytes,14}{bytes,12:F1}\n");
    }

    private static void AppendMissing(StringBuilder text, List<int> order, CallCounter[] counters)
    {
        string before = "ENOSYS: ";
        foreach (int number in order)
        {
            if (counters[number].Missing > 0)
            {
                text.Append(CultureInfo.InvariantCulture,
                    $"{before}{Name(number)} ({counters[number].Missing})");
                before = ", ";
            }
        }

        if (before == ", ")
        {
            text.Append('\n');
        }
    }

    private static string Name(int number) =>
        number == CountedSyscalls.Numbers - 1 ? "others" : SyscallNames.Get((uint)number);
}
