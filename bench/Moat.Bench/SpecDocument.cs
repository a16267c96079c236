// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>The table of bench/SPEC.md: what is promised, how to reproduce it, and what a run gave.</summary>
internal static class SpecDocument
{
    private const string Begin = "<!-- figures: written by ./x bench --spec, do not edit -->\n";
    private const string End = "<!-- end of figures -->";

    /// <summary>Writes the figures of a results file into the document; returns the exit status.</summary>
    public static int Update(string file)
    {
        string path = Path.Combine(Repository.Root, "bench", "SPEC.md");
        if (!File.Exists(file) && file != ResultsFile.Latest)
        {
            Console.Error.WriteLine($"bench: no file {file}");
            return 1;
        }
        Results results = (File.Exists(file) ? ResultsFile.Read(file) : null)
            ?? new() { Run = "no complete run yet" };
        string text = File.ReadAllText(path);
        int begin = text.IndexOf(Begin, StringComparison.Ordinal), end = text.IndexOf(End,
            StringComparison.Ordinal);
        if (begin < 0 || end < begin)
        {
            Console.Error.WriteLine($"bench: {path} has lost the marks around its figures");
            return 1;
        }
        text = text[..(begin + Begin.Length)] + Figures(results) + text[end..];
        File.WriteAllText(path, text);
        Console.WriteLine($"{path}: {results.Run}");
        return 0;
    }

    private static string Figures(Results results)
    {
        StringBuilder text = new($"\nFigures: {results.Run}.\n");
        Section(text, results, "Operations", MicroRows.All);
        Section(text, results, "Whole programs", ProgramRows.All);
        Section(text, results, "A sandbox that waits", IdleRows.All);
        return text.Append('\n').ToString();
    }

    private static void Section(StringBuilder text, Results results, string title, IReadOnlyList<Row> rows)
    {
        text.Append($"\n### {title}\n\n");
        text.Append("| row | what | unit | promise | host | runc | runsc | moat | CPU: host | runsc | moat "
            + "| met | reproduce |\n");
        text.Append("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
        foreach (Row row in rows)
        {
            List<string> promises = [], met = [];
            foreach (Verdict verdict in Goals.Judge(row, results))
            {
                promises.Add(verdict.Goal);
                met.Add(verdict.Met switch { true => "yes", false => $"**no** ({verdict.Figures})",
                    null => "-" });
            }
            text.Append($"| {row.Name} | {row.What} | {row.Unit} | {string.Join("; ", promises)} |");
            foreach (string target in (string[])["host", "runc", "runsc", "moat"])
            {
                text.Append($" {Tables.Number(results.Value(row.Name, target))} |");
            }
            foreach (string target in (string[])["host", "runsc", "moat"])
            {
                text.Append($" {Tables.Number(results.Cpu(row.Name, target))} |");
            }
            text.Append($" {string.Join("; ", met)} | `./x bench --goals --only {row.Name}` |\n");
        }
    }
}
