// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>Results as JSON: <c>bench-TIME.json</c> for every run, <c>latest.json</c> for the last one that
/// measured every row under every peer.</summary>
internal static class ResultsFile
{
    private const int Format = 1;

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>The last complete run.</summary>
    public static string Latest { get; } = Path.Combine(Workspace.Root, "latest.json");

    /// <summary>Writes a run and returns the file.</summary>
    public static string Write(Results results, BenchOptions options, IReadOnlyList<Target> targets)
    {
        JsonObject rows = [];
        foreach (Row row in results.Rows)
        {
            JsonObject columns = [];
            foreach (string target in results.Targets(row.Name))
            {
                columns[target] = Column(results.Find(row.Name, target)!);
            }
            rows[row.Name] = new JsonObject { ["kind"] = row.Kind.ToString(), ["unit"] = row.Unit,
                ["what"] = row.What, ["targets"] = columns };
        }
        JsonObject meters = [];
        foreach (Target target in targets)
        {
            meters[target.Name] = target.Meter.Method;
        }
        JsonObject all = new()
        {
            ["format"] = Format,
            ["when"] = DateTime.UtcNow.ToString("s", CultureInfo.InvariantCulture),
            ["commit"] = Workspace.Try(["/usr/bin/git", "describe", "--always", "--dirty"],
                Repository.Root).Output.Trim(),
            ["kernel"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            ["processors"] = Environment.ProcessorCount,
            ["load"] = results.Load,
            ["rounds"] = options.Rounds,
            ["quick"] = options.Quick,
            ["moatArgs"] = string.Join(' ', options.MoatArgs),
            ["fifo"] = options.Chrt,
            ["cpuFrom"] = meters,
            ["rows"] = rows,
        };
        string path = Path.Combine(Workspace.Root, $"bench-{DateTime.UtcNow:yyyyMMdd-HHmmss}.json");
        string json = all.ToJsonString(s_indented);
        File.WriteAllText(path, json);
        if (options.IsComplete)
        {
            File.WriteAllText(Latest, json);
        }
        return path;
    }

    /// <summary>Reads a run; null when another version of the harness wrote it.</summary>
    public static Results? Read(string path)
    {
        JsonNode all = JsonNode.Parse(File.ReadAllText(path))!;
        if ((int?)all["format"] != Format)
        {
            return null;
        }
        Results results = new() { Load = (double)all["load"]!, Run = Line(all) };
        foreach ((string name, JsonNode? node) in all["rows"]!.AsObject())
        {
            Row row = new(Enum.Parse<RowKind>((string)node!["kind"]!), name, (string)node["unit"]!,
                (string)node["what"]!);
            foreach ((string target, JsonNode? column) in node["targets"]!.AsObject())
            {
                Sample sample = results.Of(row, target);
                sample.Values.AddRange(Numbers(column!["rounds"]));
                sample.Cpu.AddRange(Numbers(column["cpuRounds"]));
                sample.Failure = (string?)column["failure"];
            }
        }
        return results;
    }

    private static string Line(JsonNode run)
    {
        string line = $"{run["when"]}, commit {run["commit"]}, Linux {run["kernel"]}, "
            + $"{run["processors"]} processors, load {run["load"]} at the start, rounds: {run["rounds"]}";
        line += (string)run["moatArgs"]! is { Length: > 0 } words ? $", moat do {words}" : "";
        line += (bool)run["fifo"]! ? ", SCHED_FIFO" : "";
        return line + ((bool)run["quick"]! ? ", a quick run: not to be quoted" : "");
    }

    private static JsonObject Column(Sample sample)
    {
        JsonObject column = [];
        if (sample.Values.Count > 0)
        {
            column["median"] = Math.Round(Sample.Median(sample.Values), 3);
            column["rounds"] = Array(sample.Values);
        }
        if (sample.Cpu.Count > 0)
        {
            column["cpu"] = Math.Round(Sample.Median(sample.Cpu), 3);
            column["cpuRounds"] = Array(sample.Cpu);
        }
        if (sample.Failure != null)
        {
            column["failure"] = sample.Failure;
        }
        return column;
    }

    private static JsonArray Array(List<double> values)
    {
        JsonArray array = [];
        values.ForEach(value => array.Add(Math.Round(value, 3)));
        return array;
    }

    private static List<double> Numbers(JsonNode? array)
    {
        List<double> numbers = [];
        foreach (JsonNode? item in array?.AsArray() ?? [])
        {
            numbers.Add((double)item!);
        }
        return numbers;
    }
}
