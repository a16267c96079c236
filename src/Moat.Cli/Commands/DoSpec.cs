// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections;
using System.Collections.Generic;
using System.IO;
using Moat.Cli.Errors;
using Moat.Host.Files;
using Moat.Oci.Spec;

namespace Moat.Cli.Commands;

/// <summary>The OCI specification that `moat do` makes up.</summary>
internal static class DoSpec
{
    /// <summary>Null and the specification, or what is wrong with the options.</summary>
    internal static MoatError? Compose(DoOptions options, out OciSpec? spec)
    {
        spec = null;
        List<OciMount> mounts = StandardMounts();
        foreach (string volume in options.Volumes)
        {
            if (VolumeText.Read(volume, out OciMount? mount) is MoatError error)
            {
                return error;
            }

            mounts.Add(mount!);
        }

        MoatError? cwdError = WorkingDirectory(options, mounts, out string cwd);
        if (cwdError != null)
        {
            return cwdError;
        }

        if (options.RootFileSystem is { } image && !Path.Exists(image))
        {
            return MoatError.Of($"--rootfs {image}: no such file or directory, or no permission");
        }

        // The users of another root file system are its own: they are looked up there.
        string? who = options.RootFileSystem == null ? options.User : "0";
        MoatError? userError = CallerIdentity.Resolve(who, out OciUser user,
            out OciCapabilities capabilities);
        if (userError != null)
        {
            return userError;
        }

        spec = new OciSpec
        {
            OciVersion = OciJson.Version,
            Root = new OciRoot { Path = options.RootFileSystem ?? "/" },
            Hostname = options.Hostname ?? Environment.MachineName,
            Mounts = mounts,
            Process = new OciProcess
            {
                Args = options.Words.Count > 0 ? options.Words : ["image"],
                Cwd = cwd,
                Env = Variables(options),
                User = user,
                Capabilities = capabilities,
                Rlimits = CallerIdentity.Limits(),
                Terminal = HostTerminal.IsTerminal(0),
            },
        };
        return null;
    }

    /// <summary>What every sandbox of `do` has over the root file system.</summary>
    internal static List<OciMount> StandardMounts() =>
    [
        Standard("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
        Standard("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
        Standard("/sys/fs/cgroup", "cgroup2", "cgroup2", "nosuid", "noexec", "nodev"),
        Standard("/dev", "tmpfs", "tmpfs", "nosuid", "mode=755"),
        Standard("/dev/pts", "devpts", "devpts", "nosuid", "noexec"),
        Standard("/dev/shm", "tmpfs", "shm", "nosuid", "nodev", "mode=1777"),
        Standard("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec"),
        Standard("/tmp", "tmpfs", "tmpfs", "nosuid", "nodev", "mode=1777"),
    ];

    private static OciMount Standard(string target, string type, string source, params string[] options) =>
        new()
        {
            Destination = target, Type = type, Source = source, Options = options,
        };

    private static MoatError? WorkingDirectory(DoOptions options, List<OciMount> mounts, out string cwd)
    {
        cwd = options.WorkingDirectory
            ?? (options.RootFileSystem == null ? Environment.CurrentDirectory : "/");
        if (!cwd.StartsWith('/'))
        {
            return MoatError.Of($"--cwd {cwd}: must be absolute");
        }

        if (options.WorkingDirectory != null
            || !Path.GetFullPath(cwd).StartsWith("/tmp/", StringComparison.Ordinal))
        {
            return null;
        }

        foreach (OciMount mount in mounts)
        {
            string below = mount.Destination + "/";
            if (mount.Type == "bind" && (cwd + "/").StartsWith(below, StringComparison.Ordinal))
            {
                return null;
            }
        }

        return MoatError.Of(
            $"{cwd}: the sandbox has a /tmp of its own; pass the directory with "
            + $"--volume {cwd}:{cwd}, or use --cwd /tmp");
    }

    private static List<string> Variables(DoOptions options)
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        IDictionary own = Environment.GetEnvironmentVariables();
        if (options.RootFileSystem != null)
        {
            // This machine's paths and settings mean nothing there.
            if (own["TERM"] is string terminal && !options.ClearEnvironment)
            {
                variables["TERM"] = terminal;
            }
        }
        else if (!options.ClearEnvironment)
        {
            foreach (DictionaryEntry entry in own)
            {
                variables[(string)entry.Key] = (string?)entry.Value ?? "";
            }
        }

        foreach (string text in options.Environment)
        {
            int equals = text.IndexOf('=');
            if (equals > 0)
            {
                variables[text[..equals]] = text[(equals + 1)..];
            }
            else if (own[text] is string value)
            {
                variables[text] = value;
            }
        }

        var list = new List<string>();
        foreach ((string name, string value) in variables)
        {
            list.Add($"{name}={value}");
        }

        return list;
    }
}
