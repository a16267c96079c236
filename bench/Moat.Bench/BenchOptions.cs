// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;

namespace Moat.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed class BenchOptions
{
    public const string Usage = """
        usage: ./x bench [--rounds N] [--quick] [--only ROW[,ROW...]] [--peers NAME[,NAME...]]
                         [--moat-args "OPTION..."] [--chrt] [--goals]
               ./x bench --spec [FILE] | --list
          --rounds N    rounds of each row under each peer, in turn (default 5)
          --quick       one round, short batches, no idle-cpu: to see that everything runs
          --only ROWS   only these rows (names as in the tables' first column)
          --peers NAMES of host, runc, runsc, runsc-2022, moat (default: host,runc,runsc,moat)
          --moat-args   more options for `moat do`, such as --memory-calls=direct
          --chrt        everything under SCHED_FIFO, when that is permitted: quieter
          --goals       say of each row whether it reaches its goals, and end with those that fall short
          --spec        measure nothing: write the figures of FILE (default: latest.json, the last run of all
                        rows under all peers that was not quick) into bench/SPEC.md
          --list        name the rows
        """;

    private static readonly string[] s_allPeers = ["host", "runc", "runsc", "moat"];

    public int Rounds { get; private set; } = 5;

    public bool Quick { get; private set; }

    public bool Chrt { get; set; }

    public bool WithGoals { get; private set; }

    /// <summary>Whether only the rows are to be named.</summary>
    public bool List { get; private set; }

    /// <summary>The results to write into bench/SPEC.md instead of measuring.</summary>
    public string? Spec { get; private set; }

    public HashSet<string> Only { get; } = [];

    public List<string> Peers { get; } = [.. s_allPeers];

    public List<string> MoatArgs { get; } = [];

    /// <summary>Whether all of it is measured, in full.</summary>
    public bool IsComplete => !Quick && Only.Count == 0 && MoatArgs.Count == 0
        && Array.TrueForAll(s_allPeers, Peers.Contains);

    /// <summary>All rows that there are.</summary>
    public static List<Row> AllRows => [.. MicroRows.All, .. ProgramRows.All, .. IdleRows.All];

    /// <summary>Reads the arguments; null, with a message, when they make no sense.</summary>
    public static BenchOptions? Parse(string[] arguments, out string message)
    {
        BenchOptions options = new();
        message = "";
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            if (options.Flag(name))
            {
                continue;
            }
            string? value = i + 1 < arguments.Length ? arguments[++i] : null;
            message = options.Value(name, value);
            if (message.Length > 0)
            {
                message = $"bench: {message}\n{Usage}";
                return null;
            }
        }
        return options;
    }

    /// <summary>Whether a row is wanted.</summary>
    public bool Wants(string row) => Only.Count == 0 || Only.Contains(row);

    private bool Flag(string name)
    {
        switch (name)
        {
            case "--quick":
                Quick = true;
                Rounds = 1;
                return true;
            case "--chrt":
                Chrt = true;
                return true;
            case "--list":
                List = true;
                return true;
            case "--goals":
                WithGoals = true;
                return true;
            default:
                return false;
        }
    }

    // Returns what is wrong, empty when nothing is.
    private string Value(string name, string? value)
    {
        switch (name)
        {
            case "--spec":
                Spec = value ?? ResultsFile.Latest;
                return "";
            case "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out int rounds)
                && rounds is > 0 and < 1000:
                Rounds = rounds;
                return "";
            case "--only" when value != null:
                Only.UnionWith(value.Split(','));
                return Unknown(Only);
            case "--peers" when value != null:
                Peers.Clear();
                Peers.AddRange(value.Split(','));
                return "";
            case "--moat-args" when value != null:
                MoatArgs.AddRange(value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
                return "";
            default:
                return $"cannot read '{name}{(value == null ? "" : " " + value)}'";
        }
    }

    private static string Unknown(HashSet<string> names)
    {
        HashSet<string> left = [.. names];
        foreach (Row row in AllRows)
        {
            left.Remove(row.Name);
        }
        return left.Count == 0 ? "" : $"no row '{string.Join("', '", left)}'";
    }
}
