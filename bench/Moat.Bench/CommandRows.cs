// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>Whole commands from start to end, each in a new sandbox, in milliseconds of wall-clock
/// time.</summary>
internal static class CommandRows
{
    private static readonly (Row Row, string[] Words)[] s_rows =
    [
        (new("true", "ms", "/bin/true, start to end"), ["/bin/true"]),
        (new("python", "ms", "python3 -c pass"), ["/usr/bin/python3", "-c", "pass"]),
        (new("sh-forks", "ms", "sh loop: 100 times fork, exec, wait"),
            ["/bin/sh", "-c", "i=0; while [ $i -lt 100 ]; do /bin/true; i=$((i+1)); done"]),
        (new("gcc", "ms", "gcc of a small file"), ["/usr/bin/gcc", "-O1", "small.c", "-o",
            "/tmp/moat-bench-small"]),
        (new("find-usr", "ms", "find /usr, 100,000 entries or so"), ["/usr/bin/find", "/usr", "-xdev",
            "-name", "no-such-name"]),
    ];

    public static void Round(IReadOnlyList<Target> targets, BenchOptions options, Results results)
    {
        foreach ((Row row, string[] words) in s_rows)
        {
            if (!options.Wants(row.Name))
            {
                continue;
            }
            foreach (Target target in targets)
            {
                string directory = Path.GetDirectoryName(target.Micro)!;
                List<string> own = [];
                foreach (string word in words)
                {
                    own.Add(word == "small.c" ? Path.Combine(directory, word) : word);
                }
                Sample sample = results.Of(row, target);
                CommandResult result = target.Prepare(own, TimeSpan.FromSeconds(90)).Run();
                target.CleanUp();
                if (result.ExitCode == 0)
                {
                    sample.Values.Add(result.Elapsed.TotalMilliseconds);
                }
                else
                {
                    sample.Failure = result.TimedOut ? "timed out"
                        : $"exit {result.ExitCode} {result.Error.Trim().Split('\n')[^1]}";
                }
            }
        }
    }
}
