// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using Moat.Cli.Errors;
using Moat.Cli.Launching;
using Moat.Host.Launching;
using Moat.Oci.Spec;

namespace Moat.Cli.Containers;

/// <summary>The directory with one folder per container: its state and its control socket.</summary>
internal sealed class ContainerStore
{
    private const UnixFileMode Private =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const string CgroupList = "cgroups";
    private readonly string _root;

    /// <summary>The given directory, or the caller's own.</summary>
    internal ContainerStore(string? root) => _root = root ?? DefaultRoot();

    /// <summary>Where containers are kept unless --root says otherwise.</summary>
    internal static string DefaultRoot()
    {
        (uint uid, _) = HostIdentity.Current();
        string? runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        return uid == 0 ? "/run/moat" : string.IsNullOrEmpty(runtime) ? $"/tmp/moat-{uid}"
            : runtime + "/moat";
    }

    /// <summary>Path of a container's control socket.</summary>
    internal string SocketPath(string id) => Path.Combine(_root, id, "control.sock");

    /// <summary>Makes the folder of a new container.</summary>
    internal MoatError? Create(string id)
    {
        if (CheckName(id) is MoatError error)
        {
            return error;
        }

        try
        {
            Directory.CreateDirectory(_root, Private);
            string folder = Path.Combine(_root, id);
            if (Directory.Exists(folder))
            {
                return MoatError.Of(
                    $"{id}: a container of that name exists already; delete it or choose another name");
            }

            Directory.CreateDirectory(folder, Private);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return MoatError.Of($"{_root}: {e.Message}; choose another directory with --root");
        }
    }

    /// <summary>Writes a container's state; a reader sees the old or the new one.</summary>
    internal void Save(OciState state)
    {
        string path = Path.Combine(_root, state.Id, "state.json");
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(state, OciJson.Default.OciState));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Makes a container's cgroups, to be removed with its folder.</summary>
    internal IReadOnlyList<CgroupDirectory> CreateCgroups(string id, string? cgroupsPath)
    {
        List<CgroupDirectory> made = ContainerCgroups.Create(id, cgroupsPath);
        var paths = new List<string>();
        foreach (CgroupDirectory cgroup in made)
        {
            paths.Add(cgroup.Path);
        }

        File.WriteAllLines(Path.Combine(_root, id, CgroupList), paths);
        return made;
    }

    /// <summary>Reads a container's state as it was saved; null and the state, or an error.</summary>
    internal MoatError? Load(string id, out OciState? state)
    {
        state = null;
        if (CheckName(id) is MoatError error)
        {
            return error;
        }

        try
        {
            string text = File.ReadAllText(Path.Combine(_root, id, "state.json"));
            state = JsonSerializer.Deserialize(text, OciJson.Default.OciState);
            return state == null ? MoatError.Of($"{id}: its state.json is empty; delete it with --force")
                : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return MoatError.Of($"{id}: no such container; see `moat list`");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return MoatError.Of($"{id}: {e.Message}");
        }
    }

    /// <summary>Removes a container's folder.</summary>
    internal void Remove(string id)
    {
        string folder = Path.Combine(_root, id);
        if (CheckName(id) == null && Directory.Exists(folder))
        {
            string cgroups = Path.Combine(folder, CgroupList);
            ContainerCgroups.Remove(File.Exists(cgroups) ? File.ReadAllLines(cgroups) : []);
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The names of all containers.</summary>
    internal IReadOnlyList<string> Names()
    {
        var names = new List<string>();
        if (Directory.Exists(_root))
        {
            foreach (string folder in Directory.GetDirectories(_root))
            {
                names.Add(Path.GetFileName(folder));
            }
        }

        names.Sort(StringComparer.Ordinal);
        return names;
    }

    private static MoatError? CheckName(string id)
    {
        bool good = id.Length is > 0 and <= 64 && id != "." && id != "..";
        foreach (char c in id)
        {
            good &= char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '.';
        }

        return good ? null
            : MoatError.Of($"{id}: not a container name; use letters, digits, '_', '+', '-', '.'");
    }
}
