// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
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

    public static string Micro { get; } = Path.Combine(Bin, "micro");

    /// <summary>Compiles the benchmark program and the small inputs.</summary>
    public static void Prepare()
    {
        Directory.CreateDirectory(Bin);
        string source = Path.Combine(Repository.Root, "bench", "micro", "micro.c");
        if (!File.Exists(Micro) || File.GetLastWriteTimeUtc(Micro) < File.GetLastWriteTimeUtc(source))
        {
            Must(["/usr/bin/gcc", "-O2", "-Wall", "-Wno-unused-result", "-static", "-pthread", source, "-o",
                Micro], Root);
        }
        File.WriteAllText(Path.Combine(Bin, "small.c"), """
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            int main(int argc, char **argv)
            {
                for (int i = 0; i < argc; i++) { printf("%s %zu\n", argv[i], strlen(argv[i])); }
                return 0;
            }

            """);
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
}
