// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Moat.Cli.Launching;

namespace Moat.Cli.Containers;

/// <summary>A container's cgroups (cgroups(7), version 1): one directory in every hierarchy.</summary>
/// <remarks>
/// Only where the caller may make them, which is root's privilege; without them the container stays in its
/// caller's
/// cgroups. No limits are set yet.
/// </remarks>
internal static class ContainerCgroups
{
    private const int RetryMs = 5;
    private const int MaximumWaitMs = 2000;

    /// <summary>
    /// Makes them, below this process's own or at linux.cgroupsPath; those that were made before a failure
    /// too.
    /// </summary>
    internal static List<CgroupDirectory> Create(string id, string? cgroupsPath)
    {
        var made = new List<CgroupDirectory>();
        Dictionary<string, string> own = OwnPaths();
        foreach ((string mountPoint, string root, string controllers) in Hierarchies())
        {
            // /proc/self/cgroup and the mount's root are both paths within the hierarchy.
            string key = controllers.StartsWith("name=", StringComparison.Ordinal)
                ? controllers : FirstOf(controllers);
            if (!own.TryGetValue(key, out string? current)
                || !current.StartsWith(root, StringComparison.Ordinal))
            {
                continue;
            }

            string parent = mountPoint + "/" + current[root.Length..].Trim('/');
            string path = cgroupsPath is { Length: > 0 } && cgroupsPath[0] == '/'
                ? mountPoint + cgroupsPath : Path.Combine(parent, cgroupsPath ?? id);
            path = Path.GetFullPath(path);
            if (path.StartsWith(mountPoint + "/", StringComparison.Ordinal) && TryMake(path, key))
            {
                made.Add(new CgroupDirectory(Path.GetFileName(mountPoint), controllers, path));
            }
        }

        return made;
    }

    /// <summary>Removes them; what is in use or not ours stays.</summary>
    internal static void Remove(IEnumerable<string> paths)
    {
        int patience = MaximumWaitMs;
        foreach (string path in paths)
        {
            while (!TryRemove(path) && patience > 0)
            {
                // A process that was just killed is still on its way out.
                Thread.Sleep(RetryMs);
                patience -= RetryMs;
            }
        }
    }

    private static bool TryRemove(string path)
    {
        try
        {
            // rmdir(2): the files of a cgroup are not in the way.
            Directory.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return !Directory.Exists(path);
        }
    }

    private static bool TryMake(string path, string controller)
    {
        try
        {
            if (Directory.Exists(path))
            {
                return false;
            }

            Directory.CreateDirectory(path);
            if (controller == "cpuset")
            {
                // An empty set lets no process in; a new one begins empty (cpuset(7)).
                Copy(path, "cpuset.cpus");
                Copy(path, "cpuset.mems");
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void Copy(string path, string file) => File.WriteAllText(
        Path.Combine(path, file), File.ReadAllText(Path.Combine(Path.GetDirectoryName(path)!, file)));

    /// <summary>From /proc/self/cgroup: number:controllers:path.</summary>
    private static Dictionary<string, string> OwnPaths()
    {
        var paths = new Dictionary<string, string>();
        foreach (string line in File.ReadLines("/proc/self/cgroup"))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length == 3 && parts[1].Length > 0)
            {
                paths[FirstOf(parts[1])] = parts[2];
            }
        }

        return paths;
    }

    /// <summary>From /proc/self/mountinfo (proc_pid_mountinfo(5)), in its order.</summary>
    private static List<(string MountPoint, string Root, string Controllers)> Hierarchies()
    {
        var found = new List<(string, string, string)>();
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            int dash = line.IndexOf(" - cgroup ", StringComparison.Ordinal);
            string[] words = line.Split(' ');
            if (dash > 0 && words.Length > 5)
            {
                string options = line[(line.LastIndexOf(' ') + 1)..];
                string root = words[3] == "/" ? "" : words[3];
                found.Add((words[4], root, Controllers(options)));
            }
        }

        return found;
    }

    // "rw,xattr,name=systemd": what is not a general option is a controller.
    private static string Controllers(string options)
    {
        var controllers = new List<string>();
        foreach (string option in options.Split(','))
        {
            if (option is not ("rw" or "ro" or "xattr" or "noprefix" or "clone_children" or "none")
                && !option.StartsWith("release_agent=", StringComparison.Ordinal))
            {
                controllers.Add(option);
            }
        }

        return string.Join(',', controllers);
    }

    private static string FirstOf(string controllers)
    {
        int comma = controllers.IndexOf(',');
        return comma < 0 ? controllers : controllers[..comma];
    }
}
