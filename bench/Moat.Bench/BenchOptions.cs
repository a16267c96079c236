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
          --rounds N    rounds of each row under each peer, in turn (default 5)
          --quick       two rounds, short batches, no idle row: to see that everything runs
          --only ROWS   only these rows (names as in the table's first column)
          --peers NAMES of host, runc, runsc, runsc-2022, moat (default: host,runc,runsc,moat)
        """;

    public int Rounds { get; private set; } = 5;

    public bool Quick { get; private set; }

    public HashSet<string> Only { get; } = [];

    public List<string> Peers { get; } = ["host", "runc", "runsc", "moat"];

    /// <summary>Reads the arguments; null, with a message, when they make no sense.</summary>
    public static BenchOptions? Parse(string[] arguments, out string message)
    {
        BenchOptions options = new();
        message = "";
        for (int i = 0; i < arguments.Length; i++)
        {
            string name = arguments[i];
            if (name == "--quick")
            {
                options.Quick = true;
                options.Rounds = 2;
                continue;
            }
            string? value = i + 1 < arguments.Length ? arguments[++i] : null;
            if (name == "--rounds" && int.TryParse(value, CultureInfo.InvariantCulture, out int rounds)
                && rounds is > 0 and < 1000)
            {
                options.Rounds = rounds;
            }
            else if (name == "--only" && value != null)
            {
                options.Only.UnionWith(value.Split(','));
            }
            else if (name == "--peers" && value != null)
            {
                options.Peers.Clear();
                options.Peers.AddRange(value.Split(','));
            }
            else
            {
                message = $"bench: cannot read '{name}{(value == null ? "" : " " + value)}'\n{Usage}";
                return null;
            }
        }
        return options;
    }

    /// <summary>Whether a row is wanted.</summary>
    public bool Wants(string row) => Only.Count == 0 || Only.Contains(row);
}
