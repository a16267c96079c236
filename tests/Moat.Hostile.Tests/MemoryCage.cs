// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;

namespace Moat.Hostile.Tests;

/// <summary>
/// A memory cgroup around hostile sandboxes: what they can make the kernel process take must not hurt this
/// machine.
/// </summary>
internal static class MemoryCage
{
    private const string Parent = "/sys/fs/cgroup/memory";
    private const long LimitBytes = 2L << 30;
    private static readonly string? s_directory = Create();

    /// <summary>
    /// The words in front of a command that put it into the cage; none where there are no cgroups.
    /// </summary>
    public static IReadOnlyList<string> Prefix() => s_directory == null
        ? []
        : ["/bin/sh", "-c", $"echo $$ > {s_directory}/cgroup.procs && exec \"$@\"", "cage"];

    private static string? Create()
    {
        if (!File.Exists(Path.Combine(Parent, "memory.limit_in_bytes")))
        {
            return null;
        }
        string directory = Path.Combine(Parent, $"moat-tests-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(directory);
            File.WriteAllText(Path.Combine(directory, "memory.limit_in_bytes"), $"{LimitBytes}\n");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(directory);
        return directory;
    }

    private static void Remove(string directory)
    {
        try
        {
            Directory.Delete(directory);
        }
        catch (IOException)
        {
            // A sandbox is still ending in it; an empty cgroup costs nothing.
        }
    }
}
