// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Threading;

namespace Moat.Bench;

/// <summary>
/// A cgroup that the harness makes for one target and removes at its end. It counts exactly, and counts
/// processes that ended. Commands start in a cgroup within it: runtimes make theirs below or beside their own
/// (runc does the one with version 1, the other with version 2), and both are counted.
/// </summary>
internal sealed class CgroupMeter : CpuMeter
{
    private const string Prefix = "moat-bench-";
    private readonly string _directory;
    private readonly string _start;
    private readonly string _file;

    /// <summary>Makes the cgroup below <paramref name="parent"/>; <paramref name="file"/> holds the
    /// time.</summary>
    public CgroupMeter(string parent, string target, string file)
    {
        RemoveStale(parent);
        _directory = Path.Combine(parent, $"{Prefix}{Environment.ProcessId}-{target}");
        _file = Path.Combine(_directory, file);
        _start = Path.Combine(_directory, "start");
        Directory.CreateDirectory(_start);
        if (UsedNs(null) == null)
        {
            Remove(_directory);
            throw new IOException($"no {_file}");
        }
    }

    public override IReadOnlyList<string> LaunchOptions => ["-g", Path.Combine(_start, "cgroup.procs")];

    public override string Method => Path.GetFileName(_file);

    public override double? UsedNs(int? root)
    {
        try
        {
            foreach (string line in File.ReadLines(_file))
            {
                string[] words = line.Split(' ');
                if (words.Length == 1)
                {
                    return double.Parse(words[0], CultureInfo.InvariantCulture);
                }
                if (words[0] == "usage_usec")
                {
                    return double.Parse(words[1], CultureInfo.InvariantCulture) * 1000;
                }
            }
        }
        catch (IOException)
        {
            // No such file in this hierarchy.
        }
        return null;
    }

    public override List<int> Processes(int root)
    {
        List<int> pids = [];
        List<string> directories = [_directory, .. Directory.GetDirectories(_directory, "*",
            SearchOption.AllDirectories)];
        foreach (string directory in directories)
        {
            foreach (string line in File.ReadLines(Path.Combine(directory, "cgroup.procs")))
            {
                pids.Add(int.Parse(line, CultureInfo.InvariantCulture));
            }
        }
        return pids;
    }

    public override void Dispose()
    {
        for (int attempt = 0; attempt < 20 && Directory.Exists(_directory); attempt++)
        {
            if (!Remove(_directory))
            {
                if (attempt == 5)
                {
                    Kill();
                }
                Thread.Sleep(100);
            }
        }
        if (Directory.Exists(_directory))
        {
            Console.Error.WriteLine($"bench: {_directory} stays: processes are left in it");
        }
        base.Dispose();
    }

    // Everything in this cgroup was started by this harness.
    private void Kill()
    {
        foreach (int pid in Processes(0))
        {
            try
            {
                using Process process = Process.GetProcessById(pid);
                process.Kill();
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // It has just ended.
            }
        }
    }

    // What a harness that was killed left.
    private static void RemoveStale(string parent)
    {
        foreach (string directory in Directory.GetDirectories(parent, Prefix + "*"))
        {
            string[] words = Path.GetFileName(directory)[Prefix.Length..].Split('-');
            if (!Directory.Exists("/proc/" + words[0]))
            {
                Remove(directory);
            }
        }
    }

    // Cgroups are removed from the inside out; one with processes in it stays.
    private static bool Remove(string directory)
    {
        try
        {
            foreach (string inner in Directory.GetDirectories(directory))
            {
                Remove(inner);
            }
            Directory.Delete(directory);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
