// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>Something that runs a command: the host, a peer's runtime, or Moat.</summary>
internal abstract class Target(string name) : IDisposable
{
    /// <summary>Whether nothing more is to be started.</summary>
    public static volatile bool IsInterrupted;

    /// <summary>The column's name.</summary>
    public string Name { get; } = name;

    /// <summary>Takes the CPU time of all that runs here.</summary>
    public CpuMeter Meter { get; } = CpuMeter.Make(name);

    /// <summary>Whether everything runs under SCHED_FIFO.</summary>
    public bool Fifo { get; set; }

    /// <summary>Where it sees <see cref="Workspace.Bin"/>.</summary>
    public virtual string Bin => Workspace.Inside;

    /// <summary>A directory on a tmpfs to write to.</summary>
    public string Scratch => Directory(Place.Scratch);

    /// <summary>A directory of its own in a place, as this target sees it.</summary>
    public abstract string Directory(Place place);

    /// <summary>Where the static benchmark program is for this target.</summary>
    public string Micro => Bin + "/micro";

    /// <summary>The file that a command started with a report leaves.</summary>
    protected string ReportFile => Path.Combine(Workspace.Root, $"report-{Name}");

    /// <summary>The host command that runs <paramref name="words"/> in a new sandbox, metered.</summary>
    public Command Prepare(IReadOnlyList<string> words, TimeSpan timeout, bool report = false)
    {
        if (IsInterrupted)
        {
            throw new OperationCanceledException();
        }
        File.Delete(ReportFile);
        List<string> all = [Workspace.Launch, .. Meter.LaunchOptions];
        if (Fifo)
        {
            all.Add("-f");
        }
        if (report)
        {
            all.AddRange(["-r", ReportFile]);
        }
        all.Add("--");
        all.AddRange(InSandbox(words));
        return new Command(Identity.Root, all)
        {
            Timeout = timeout,
            Environment = new Dictionary<string, string>
            {
                ["MICRO_DIRECTORY"] = Scratch,
                ["TMPDIR"] = Scratch,
            },
        };
    }

    /// <summary>What the launcher measured of a command that has ended; null when it left nothing.</summary>
    public LaunchReport? Report() => LaunchReport.Read(ReportFile);

    /// <summary>Removes what a run left, when the runtime itself does not.</summary>
    public virtual void CleanUp()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Meter.Dispose();
        CleanUp();
    }

    /// <summary>The words that run <paramref name="words"/> in a new sandbox.</summary>
    protected abstract IReadOnlyList<string> InSandbox(IReadOnlyList<string> words);
}
