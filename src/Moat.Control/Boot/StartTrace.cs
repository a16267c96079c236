// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Threading;
using Moat.Base;

namespace Moat.Control.Boot;

/// <summary>
/// Where the time goes between a command, its first guest instruction and its end (`--trace-start`).
/// </summary>
/// <remarks>
/// A mark is one clock reading and one array entry, so it is always taken. The kernel process sends its marks
/// through
/// the control socket at the end; the launcher merges them with its own and prints the table.
/// </remarks>
public sealed class StartTrace
{
    private const int MaximumMarks = 64;
    private const char Separator = '\t';
    private readonly string _who;
    private readonly (string Step, long AtNs)[] _marks = new (string, long)[MaximumMarks];
    private readonly List<(string Who, string Step, long AtNs)> _merged = new();
    private int _count;

    /// <summary>A trace of this process, which is called so in the table.</summary>
    public StartTrace(string who) => _who = who;

    /// <summary>A step is done now. Any thread may say so.</summary>
    public void Mark(string step) => MarkAt(step, Clock.MonotonicNs());

    /// <summary>A step was done at that time (CLOCK_MONOTONIC).</summary>
    public void MarkAt(string step, long atNs)
    {
        int index = Interlocked.Increment(ref _count) - 1;
        if (index < MaximumMarks)
        {
            _marks[index] = (step, atNs);
        }
    }

    /// <summary>All marks for the control socket: lines of time, tab, step.</summary>
    public string Encode()
    {
        var text = new StringBuilder();
        for (int i = 0; i < Math.Min(_count, MaximumMarks); i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{_marks[i].AtNs}{Separator}{_marks[i].Step}\n");
        }

        return text.ToString();
    }

    /// <summary>
    /// Adds another process's marks; its clock is that much behind ours (time_namespaces(7)).
    /// </summary>
    public void Merge(string who, string encoded, long behindNs)
    {
        foreach (string line in encoded.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int tab = line.IndexOf(Separator);
            if (tab > 0 && long.TryParse(line.AsSpan(0, tab), NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out long atNs))
            {
                _merged.Add((who, line[(tab + 1)..], atNs + behindNs));
            }
        }
    }

    /// <summary>
    /// A table in order of time: ms since the first mark, ms since the last one of the same process, who,
    /// what.
    /// </summary>
    public string Format()
    {
        var all = new List<(string Who, string Step, long AtNs)>(_merged);
        for (int i = 0; i < Math.Min(_count, MaximumMarks); i++)
        {
            all.Add((_who, _marks[i].Step, _marks[i].AtNs));
        }

        all.Sort((a, b) => a.AtNs.CompareTo(b.AtNs));
        var last = new Dictionary<string, long>();
        var text = new StringBuilder("   at ms  took ms\n");
        foreach ((string who, string step, long atNs) in all)
        {
            double at = (atNs - all[0].AtNs) / 1e6;
            double took = (atNs - last.GetValueOrDefault(who, all[0].AtNs)) / 1e6;
            last[who] = atNs;
            text.Append(CultureInfo.InvariantCulture, $"{at,8:F3} {took,8:F3}  {who,-6}  {step}\n");
        }

        return text.ToString();
    }
}
