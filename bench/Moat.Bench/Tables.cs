// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Moat.Bench;

/// <summary>A run as tables of text.</summary>
internal static class Tables
{
    /// <summary>Wall-clock times, CPU times, what failed and, when asked for, the goals.</summary>
    public static string All(Results results, IReadOnlyList<Target> targets, bool goals)
    {
        List<string> names = [];
        foreach (Target target in targets)
        {
            names.Add(target.Name);
        }
        StringBuilder text = new();
        Table(text, "time", results, names, results.Value, goals);
        text.Append('\n');
        Table(text, "CPU time", results, names, results.Cpu, goals: false);
        Failures(text, results);
        if (goals)
        {
            Short(text, results);
        }
        return text.ToString();
    }

    /// <summary>A ratio with enough digits, <c>-</c> when there is none.</summary>
    public static string Ratio(double ratio) => !double.IsFinite(ratio) ? "-"
        : ratio.ToString(ratio < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    /// <summary>A figure with enough digits, <c>-</c> when there is none.</summary>
    public static string Number(double value) => !double.IsFinite(value) ? "-"
        : value.ToString(value < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    private static void Table(StringBuilder text, string title, Results results, List<string> targets,
        Func<string, string, double> figure, bool goals)
    {
        text.Append($"{title,-20}{"",4}");
        targets.ForEach(target => text.Append($"{target,13}"));
        text.Append($"{"moat/host",11}{"moat/runc",11}{"runsc/moat",12}{(goals ? "  goals" : "")}\n");
        foreach (Row row in results.Rows)
        {
            if (!targets.Exists(target => !double.IsNaN(figure(row.Name, target))) && !goals)
            {
                continue;
            }
            text.Append($"{row.Name,-20}{row.Unit,4}");
            targets.ForEach(target => text.Append($"{Number(figure(row.Name, target)),13}"));
            double moat = figure(row.Name, "moat");
            text.Append($"{Ratio(moat / figure(row.Name, "host")),11}");
            text.Append($"{Ratio(moat / figure(row.Name, "runc")),11}");
            text.Append($"{Ratio(figure(row.Name, "runsc") / moat),12}");
            text.Append(goals ? $"  {Summary(Goals.Judge(row, results))}" : "").Append('\n');
        }
    }

    private static void Failures(StringBuilder text, Results results)
    {
        foreach (Row row in results.Rows)
        {
            foreach (string target in results.Targets(row.Name))
            {
                if (results.Find(row.Name, target)?.Failure is { } failure)
                {
                    text.Append($"! {row.Name} under {target}: {failure}\n");
                }
            }
        }
    }

    private static string Summary(List<Verdict> verdicts)
    {
        List<string> words = [];
        foreach (Verdict verdict in verdicts)
        {
            words.Add(verdict.Met switch { true => "met", false => "SHORT", null => "?" });
        }
        return string.Join(' ', words);
    }

    // The list that a run ends with: what is still to be done.
    private static void Short(StringBuilder text, Results results)
    {
        int met = 0, unknown = 0;
        List<string> lines = [];
        foreach (Row row in results.Rows)
        {
            foreach (Verdict verdict in Goals.Judge(row, results))
            {
                met += verdict.Met == true ? 1 : 0;
                unknown += verdict.Met == null ? 1 : 0;
                if (verdict.Met == false)
                {
                    lines.Add($"  {row.Name,-20}{verdict.Goal,-62} {verdict.Figures}");
                }
            }
        }
        text.Append($"\ngoals: {met} met, {unknown} without figures, {lines.Count} fall short:\n");
        lines.ForEach(line => text.Append(line).Append('\n'));
    }
}
