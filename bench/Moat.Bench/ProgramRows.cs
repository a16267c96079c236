// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Bench.Inputs;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>
/// Whole commands from start to end, each in a new sandbox, in milliseconds of wall-clock time; the start of
/// the sandbox is part of it. What a command prints is compared with what it has to print.
/// </summary>
internal static class ProgramRows
{
    /// <summary>The scratch directory, below <see cref="Target.Scratch"/>.</summary>
    public const string WorkDirectory = "moat-bench-work";

    private const string Git = "git -c core.checkStat=minimal -c core.trustctime=false --no-optional-locks";

    private static readonly string s_sqlite = File.Exists("/usr/bin/sqlite3")
        ? "sqlite3 x.db <"
        : "/usr/bin/python3 @in/sqlite.py x.db";

    private static readonly ProgramRow[] s_rows =
    [
        ProgramRow.Of("true", "/bin/true, start to end", "/bin/true"),
        ProgramRow.Of("python", "python3 -c pass", "/usr/bin/python3", "-c", "pass"),
        ProgramRow.Of("sh-forks", "sh loop: 100 times fork, exec, wait", "/bin/sh", "-c",
            "i=0; while [ $i -lt 100 ]; do /bin/true; i=$((i+1)); done"),
        ProgramRow.Script("gcc", "gcc of a 2,000-line file, and a run of the program",
            "gcc -O1 -o program @in/big.c && ./program", () => GeneratedC.Output(ProgramInputs.BigFunctions)),
        ProgramRow.Script("make", "make -j2 of a 30-file project, and a run of the program",
            "make -s -j2 -f @in/project/Makefile SOURCES=@in/project && ./program",
            () => GeneratedC.Output(ProgramInputs.ProjectFunctions)),
        ProgramRow.Script("git-status", "git status in a tree of 5,000 files",
            $"{Git} -C @in/tree status --porcelain", () => "M files/d000/f0000.txt\n?? new.txt"),
        ProgramRow.Script("tar", "tar of 5,000 small files",
            "tar -cf a.tar -C @in/tree files && stat -c %s a.tar", () => $"{ProgramInputs.ArchiveSize}"),
        ProgramRow.Script("untar", "tar: unpack 5,000 small files",
            "tar -xf @in/tree.tar && find files -type f | wc -l", () => $"{ProgramInputs.TreeFiles}"),
        ProgramRow.Script("find-stat", "find by size: the first stat of each of 5,000 files",
            "find @in/tree/files -size -1000k -printf . | wc -c",
            () => $"{ProgramInputs.TreeFiles + ProgramInputs.TreeDirectories}"),
        ProgramRow.Script("find-usr", "find /usr", "find /usr -xdev -printf . | wc -c", CountUsr),
        ProgramRow.Script("sqlite-one", "sqlite3: 10,000 inserts in one transaction",
            $"{s_sqlite} @in/one.sql", () => $"{ProgramInputs.Inserts}|{ProgramInputs.InsertSum}"),
        ProgramRow.Script("sqlite-each", "sqlite3: 10,000 inserts in a transaction each",
            $"{s_sqlite} @in/each.sql", () => $"{ProgramInputs.Inserts}|{ProgramInputs.InsertSum}"),
        Loop("floats", "python3: floating point in lists", "79.191237"),
        Loop("texts", "python3: JSON there and back", "56137500"),
        Loop("patterns", "python3: regular expressions", "3774156400"),
        Loop("objects", "python3: dictionaries and strings", "3391745"),
    ];

    private static string? s_usr;

    /// <summary>The rows.</summary>
    public static readonly IReadOnlyList<Row> All = Array.ConvertAll(s_rows, program => program.Row);

    public static void Round(IReadOnlyList<Target> targets, BenchOptions options, Results results)
    {
        foreach (ProgramRow program in s_rows)
        {
            foreach (Target target in targets)
            {
                if (options.Wants(program.Row.Name)
                    && results.Of(program.Row, target) is { IsGivenUp: false } sample)
                {
                    sample.Note(Run(program, target, sample));
                    target.CleanUp();
                }
            }
        }
    }

    private static string? Run(ProgramRow program, Target target, Sample sample)
    {
        string[] words = Array.ConvertAll(program.Words, word => word
            .Replace("@in", target.Bin + "/inputs", StringComparison.Ordinal)
            .Replace("@work", $"{target.Scratch}/{WorkDirectory}", StringComparison.Ordinal));
        string expected = program.Output();
        Command command = target.Prepare(words, TimeSpan.FromSeconds(90), report: true);
        double? before = target.Meter.UsedNs(null);
        CommandResult result = command.Run();
        double? used = target.Meter.UsedNs(null) - before;
        if (result.TimedOut)
        {
            return "timed out";
        }
        if (result.ExitCode != 0 || target.Report() is not { } report)
        {
            return $"exit {result.ExitCode} {result.Error.Trim().Split('\n')[^1]}".TrimEnd();
        }
        if (result.Output.Trim() != expected)
        {
            return $"printed '{result.Output.Trim()}' instead of '{expected}'";
        }
        sample.Values.Add(report.WallNs / program.Row.UnitNs);
        sample.Cpu.Add((used ?? report.CpuNs) / program.Row.UnitNs);
        return null;
    }

    private static ProgramRow Loop(string name, string what, string output) => new(
        new Row(RowKind.Program, "py-" + name, "ms", what), ["/usr/bin/python3", "@in/loops.py", name],
        () => output);

    private static string CountUsr() => s_usr ??= Workspace.Must(
        ["/bin/sh", "-c", "find /usr -xdev -printf . | wc -c"], "/").Trim();
}
