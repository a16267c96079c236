// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using Moat.Bench;

BenchOptions? options = BenchOptions.Parse(args, out string message);
if (options == null)
{
    Console.Error.WriteLine(message);
    return 2;
}
if (options.List)
{
    BenchOptions.AllRows.ForEach(row => Console.WriteLine($"{row.Name,-20} {row.Unit,-3} {row.What}"));
    return 0;
}
if (options.Spec != null)
{
    return SpecDocument.Update(options.Spec);
}
Workspace.Prepare();
List<Target> targets = [];
// What runs ends with its cgroup; the loop below ends when it wants to start the next.
void Interrupted(PosixSignalContext context)
{
    context.Cancel = true;
    Target.IsInterrupted = true;
    targets.ForEach(target => target.Meter.Dispose());
}

using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupted);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupted);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupted);
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
    Results results = new() { Load = Quietness.Load() };
    for (int round = 1; round <= options.Rounds; round++)
    {
        Console.Error.WriteLine($"bench: round {round} of {options.Rounds}");
        MicroRows.Round(targets, options, results);
        ProgramRows.Round(targets, options, results);
    }
    IdleRows.Run(targets, options, results);
    Console.WriteLine(Tables.All(results, targets, options.WithGoals));
    Console.WriteLine($"written to {ResultsFile.Write(results, options, targets)}");
}
catch (OperationCanceledException)
{
    return 1;
}
finally
{
    targets.ForEach(target => target.Dispose());
}
return 0;
