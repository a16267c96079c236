// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Oci.Spec;

namespace Moat.Oci.Validation;

/// <summary>Says what in a config.json is wrong: the field, and what it must be.</summary>
public static class SpecValidator
{
    /// <summary>Null when the specification can be run, else one line that begins with the field.</summary>
    public static string? Check(OciSpec spec) =>
        spec.Process == null ? "process: must be given"
        : spec.Root?.Path is null or "" ? "root.path: must be given"
        : Check(spec.Process) ?? CheckMounts(spec.Mounts) ?? CheckLinux(spec.Linux) ?? CheckHostname(
            spec.Hostname);

    /// <summary>The same for a process alone (`exec --process`).</summary>
    public static string? Check(OciProcess process)
    {
        if (process.Args is not { Count: > 0 })
        {
            return "process.args: must not be empty";
        }

        if (process.Cwd == null || !process.Cwd.StartsWith('/'))
        {
            return "process.cwd: must be absolute";
        }

        for (int i = 0; i < (process.Env?.Count ?? 0); i++)
        {
            if (process.Env![i].IndexOf('=') <= 0)
            {
                return $"process.env[{i}]: must be NAME=VALUE";
            }
        }

        for (int i = 0; i < (process.Rlimits?.Count ?? 0); i++)
        {
            OciRlimit limit = process.Rlimits![i];
            if (RlimitNames.Parse(limit.Type) < 0)
            {
                return $"process.rlimits[{i}].type: unknown limit {limit.Type}";
            }

            if (limit.Soft > limit.Hard)
            {
                return $"process.rlimits[{i}].soft: is above the hard limit";
            }
        }

        return CheckCapabilities(process.Capabilities);
    }

    private static string? CheckCapabilities(OciCapabilities? sets)
    {
        if (sets == null)
        {
            return null;
        }

        (string Name, IReadOnlyList<string>? Set)[] all =
        [
            ("bounding", sets.Bounding), ("effective", sets.Effective), ("inheritable", sets.Inheritable),
            ("permitted", sets.Permitted), ("ambient", sets.Ambient),
        ];
        foreach ((string name, IReadOnlyList<string>? set) in all)
        {
            if (CapabilityNames.Parse(set, out string unknown) == null)
            {
                return $"process.capabilities.{name}: unknown capability {unknown}";
            }
        }

        return null;
    }

    private static string? CheckMounts(IReadOnlyList<OciMount>? mounts)
    {
        for (int i = 0; i < (mounts?.Count ?? 0); i++)
        {
            if (mounts![i].Destination == null || !mounts[i].Destination!.StartsWith('/'))
            {
                return $"mounts[{i}].destination: must be absolute";
            }
        }

        return null;
    }

    private static string? CheckLinux(OciLinux? linux)
    {
        for (int i = 0; i < (linux?.Namespaces?.Count ?? 0); i++)
        {
            OciNamespace space = linux!.Namespaces![i];
            if (space.Type is not (
                "pid" or "network" or "mount" or "ipc" or "uts" or "user" or "cgroup" or "time"))
            {
                return $"linux.namespaces[{i}].type: unknown namespace {space.Type}";
            }
        }

        return null;
    }

    private static string? CheckHostname(string? hostname) =>
        hostname?.Length > 64 ? "hostname: longer than 64 characters" : null;
}
