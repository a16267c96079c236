// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;

namespace Moat.Bench;

/// <summary>
/// Takes the CPU time, user and system, of everything that a target runs: the runtime's own processes, the
/// sandbox's, those that ended and those that nobody waited for.
/// </summary>
internal abstract class CpuMeter : IDisposable
{
    /// <summary>What the launcher has to do so that a command is metered.</summary>
    public virtual IReadOnlyList<string> LaunchOptions => [];

    /// <summary>How the time is taken, for the results.</summary>
    public abstract string Method { get; }

    /// <summary>CPU time used so far in nanoseconds; <paramref name="root"/> is the process that was started,
    /// null when it has ended.</summary>
    public abstract double? UsedNs(int? root);

    /// <summary>The metered processes that are alive.</summary>
    public abstract List<int> Processes(int root);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    /// <summary>The best that this machine allows: a cgroup of our own, else the process tree.</summary>
    public static CpuMeter Make(string target)
    {
        (string Type, string Controller, string File)[] kinds =
        [
            ("cgroup", "cpuacct", "cpuacct.usage"),
            ("cgroup2", "", "cpu.stat"),
        ];
        foreach ((string type, string controller, string file) in kinds)
        {
            if (MountPoint(type, controller) is not { } mount)
            {
                continue;
            }
            try
            {
                return new CgroupMeter(mount + OwnPath(controller).TrimEnd('/'), target, file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Not ours to write: try the next way.
            }
        }
        return new ProcessMeter(target);
    }

    // Where a hierarchy is mounted; null when it is not.
    private static string? MountPoint(string type, string controller)
    {
        foreach (string line in File.ReadLines("/proc/self/mounts"))
        {
            string[] fields = line.Split(' ');
            if (fields[2] == type && (controller.Length == 0
                || Array.IndexOf(fields[3].Split(','), controller) >= 0))
            {
                return fields[1];
            }
        }
        return null;
    }

    // This process's cgroup in the hierarchy of a controller.
    private static string OwnPath(string controller)
    {
        foreach (string line in File.ReadLines("/proc/self/cgroup"))
        {
            string[] fields = line.Split(':', 3);
            if (Array.IndexOf(fields[1].Split(','), controller) >= 0)
            {
                return fields[2];
            }
        }
        return "/";
    }
}
