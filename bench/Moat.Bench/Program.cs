// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Bench;

BenchOptions? options = BenchOptions.Parse(args, out string message);
if (options == null)
{
    Console.Error.WriteLine(message);
    return 2;
}
Workspace.Prepare();
List<Target> targets = [];
foreach (string name in options.Peers)
{
    try
    {
        targets.Add(Peers.Make(name));
    }
    catch (Exception e) when (e is InvalidOperationException or System.IO.IOException or ArgumentException)
    {
        Console.Error.WriteLine($"bench: without {name}: {e.Message}");
    }
}
Results results = new();
for (int round = 1; round <= options.Rounds; round++)
{
    Console.Error.WriteLine($"bench: round {round} of {options.Rounds}");
    MicroRows.Round(targets, options, results);
    CommandRows.Round(targets, options, results);
}
IdleRows.Run(targets, options, results);
Console.WriteLine(results.Table(targets));
Console.WriteLine($"written to {results.Write(options)}");
return 0;
