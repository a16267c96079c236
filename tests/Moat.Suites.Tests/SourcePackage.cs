// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;
using System.IO;
using Moat.Testing;

namespace Moat.Suites.Tests;

/// <summary>Debian's source packages, fetched and unpacked once in a run of tests.</summary>
internal static class SourcePackage
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> s_unpacked = [];

    /// <summary>The directory of a source package.</summary>
    internal static string Of(string name) =>
        s_unpacked.GetOrAdd(name, _ => new Lazy<string>(() => Unpack(name))).Value;

    /// <summary>Runs a script of tests/suites on the host; an exception when it fails.</summary>
    internal static void RunScript(string script, params string[] words)
    {
        CommandResult result = new Command(Identity.Root, ["/bin/bash", SuiteFiles.PathOf(script), .. words])
        {
            Timeout = TimeSpan.FromMinutes(5),
        }.Run();
        if (result.ExitCode != 0)
        {
            throw new InvalidOperationException($"{script}:\n{result.Transcript()}");
        }
    }

    private static string Unpack(string name)
    {
        string directory = Path.Combine(TestArea.Root, "source-" + name);
        RunScript("source.sh", name, directory);
        return directory;
    }
}
