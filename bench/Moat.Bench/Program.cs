// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Bench;

BenchOptions? options = BenchOptions.Parse(args, out string message);
if (options == null)
{
    Console.Error.WriteLine(message);
    return 2;
}
if (options.Spec != null)
{
    return SpecDocument.Update(options.Spec);
}
Workspace.Prepare();
List<Target> targets = [];
// An interrupt goes to the sandboxes as well; what they ran in is to be removed all the same.
Console.CancelKeyPress += (_, _) => targets.ForEach(target => target.Dispose());
try
{
    foreach (string name in options.Peers)
    {
        try
        {
            targets.Add(Peers.Make(name, options));
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or ArgumentException)
        {
            Console.Error.WriteLine($"bench: without {name}: {e.Message}");
        }
    }
    targets.ForEach(target => target.CleanUp());
    options.Chrt = options.Chrt && Fifo.Set(targets);
    Results results = new();
    for (int round = 1; round <= options.Rounds; round++)
    {
        Console.Error.WriteLine($"bench: round {round} of {options.Rounds}");
        MicroRows.Round(targets, options, results);
        if (round == 1 || !options.Quick)
        {
            ProgramRows.Round(targets, options, results);
        }
    }
    IdleRows.Run(targets, options, results);
    Console.WriteLine(Tables.All(results, targets, options.WithGoals));
    Console.WriteLine($"written to {ResultsFile.Write(results, options, targets)}");
}
finally
{
    targets.ForEach(target => target.Dispose());
}
return 0;
