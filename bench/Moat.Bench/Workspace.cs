// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Bench.Inputs;
using Moat.Testing;

namespace Moat.Bench;

/// <summary>The files that the benchmarks need and leave: everything is under
/// <c>artifacts/bench</c>.</summary>
internal static class Workspace
{
    public static string Root { get; } = Path.Combine(Repository.Artifacts, "bench");

    public static string Bin { get; } = Path.Combine(Root, "bin");

    /// <summary>Where a sandbox sees <see cref="Bin"/>.</summary>
    public static string Inside => "/bench";

    /// <summary>A directory of the host's disk to write to.</summary>
    public static string Volume { get; } = Path.Combine(Root, "volume");

    /// <summary>Where a sandbox sees <see cref="Volume"/>.</summary>
    public static string VolumeInside => "/volume";

    public static string Micro { get; } = Path.Combine(Bin, "micro");

    /// <summary>Starts what is measured: <c>bench/launch</c>.</summary>
    public static string Launch { get; } = Path.Combine(Root, "launch");

    /// <summary>Compiles the programs and makes the inputs.</summary>
    public static void Prepare()
    {
        Directory.CreateDirectory(Bin);
        Compile("micro", Micro);
        Compile("launch", Launch);
        ProgramInputs.Prepare();
    }

    /// <summary>Makes <see cref="Volume"/> anew.</summary>
    public static void EmptyVolume()
    {
        if (Directory.Exists(Volume))
        {
            Directory.Delete(Volume, recursive: true);
        }
        Directory.CreateDirectory(Volume);
    }

    /// <summary>Runs a command that has to work.</summary>
    public static string Must(string[] words, string directory)
    {
        CommandResult result = Try(words, directory);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"bench: {string.Join(' ', words)}\n{result.Transcript()}");
    }

    /// <summary>Runs a command that may fail.</summary>
    public static CommandResult Try(string[] words, string directory) => new Command(Identity.Root, words)
    {
        Directory = directory,
        Timeout = TimeSpan.FromMinutes(3),
        Environment = new Dictionary<string, string> { ["DEBIAN_FRONTEND"] = "noninteractive" },
    }.Run();

    // One static program of all the C files of a folder, when one of them is newer.
    private static void Compile(string folder, string program)
    {
        string directory = Path.Combine(Repository.Root, "bench", folder);
        bool isNew = File.Exists(program);
        foreach (string source in Directory.GetFiles(directory))
        {
            isNew &= File.GetLastWriteTimeUtc(source) <= File.GetLastWriteTimeUtc(program);
        }
        if (!isNew)
        {
            Must(["/usr/bin/gcc", "-O2", "-Wall", "-Wextra", "-static", "-pthread",
                .. Directory.GetFiles(directory, "*.c"), "-o", program], Root);
        }
    }
}
