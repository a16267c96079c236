// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Moat.Bench;

/// <summary>All samples of a run, as a table with ratios and as JSON.</summary>
internal sealed class Results
{
    private readonly List<Row> _rows = [];
    private readonly Dictionary<(string Row, string Target), Sample> _samples = [];

    public Sample Of(Row row, Target target)
    {
        if (!_rows.Contains(row))
        {
            _rows.Add(row);
        }
        if (!_samples.TryGetValue((row.Name, target.Name), out Sample? sample))
        {
            _samples[(row.Name, target.Name)] = sample = new Sample();
        }
        return sample;
    }

    public string Table(IReadOnlyList<Target> targets)
    {
        StringBuilder text = new($"{"",-16}{"",-4}");
        foreach (Target target in targets)
        {
            text.Append($"{target.Name,14}");
        }
        text.Append($"{"moat/host",12}{"moat/runc",12}{"runsc/moat",12}\n");
        foreach (Row row in _rows)
        {
            text.Append($"{row.Name,-16}{row.Unit,-4}");
            foreach (Target target in targets)
            {
                text.Append($"{Number(Median(row, target.Name)),14}");
            }
            text.Append($"{Ratio(row, "moat", "host"),12}{Ratio(row, "moat", "runc"),12}");
            text.Append($"{Ratio(row, "runsc", "moat"),12}\n");
        }
        foreach (Row row in _rows)
        {
            foreach (Target target in targets)
            {
                if (_samples.TryGetValue((row.Name, target.Name), out Sample? sample)
                    && sample.Failure != null)
                {
                    text.Append($"! {row.Name} under {target.Name}: {sample.Failure}\n");
                }
            }
        }
        return text.ToString();
    }

    public string Write(BenchOptions options)
    {
        JsonObject rows = [];
        foreach (Row row in _rows)
        {
            JsonObject columns = [];
            foreach (((string name, string target), Sample sample) in _samples)
            {
                if (name == row.Name && sample.Values.Count > 0)
                {
                    JsonArray values = [];
                    sample.Values.ForEach(value => values.Add(Math.Round(value, 3)));
                    columns[target] = new JsonObject { ["median"] = Math.Round(sample.Median(), 3),
                        ["rounds"] = values };
                }
            }
            rows[row.Name] = new JsonObject { ["unit"] = row.Unit, ["what"] = row.What,
                ["targets"] = columns };
        }
        JsonObject all = new()
        {
            ["when"] = DateTime.UtcNow.ToString("s", CultureInfo.InvariantCulture),
            ["kernel"] = File.ReadAllText("/proc/version").Trim(),
            ["processors"] = Environment.ProcessorCount,
            ["rounds"] = options.Rounds,
            ["quick"] = options.Quick,
            ["rows"] = rows,
        };
        string path = Path.Combine(Workspace.Root, $"bench-{DateTime.UtcNow:yyyyMMdd-HHmmss}.json");
        string json = all.ToJsonString(new JsonSerializerOptions { WriteIndented = true });
        File.WriteAllText(path, json);
        File.WriteAllText(Path.Combine(Workspace.Root, "latest.json"), json);
        return path;
    }

    private double Median(Row row, string target) =>
        _samples.TryGetValue((row.Name, target), out Sample? sample) ? sample.Median() : double.NaN;

    private string Ratio(Row row, string over, string under)
    {
        double ratio = Median(row, over) / Median(row, under);
        return double.IsFinite(ratio) ? ratio.ToString(ratio < 10 ? "0.00" : "0.0",
            CultureInfo.InvariantCulture) : "-";
    }

    private static string Number(double value) => !double.IsFinite(value)
        ? "-"
        : value.ToString(value < 100 ? "0.0" : "N0", CultureInfo.InvariantCulture);
}
