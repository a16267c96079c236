// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Cli.Errors;
using Moat.Control.Boot;
using Moat.Oci.Spec;

namespace Moat.Cli.Launching;

/// <summary>
/// Turns the mounts of an OCI specification into requests; bind sources are collected apart.
/// </summary>
internal static class MountTranslator
{
    /// <summary>Null, or the field that is wrong.</summary>
    internal static MoatError? Translate(
        IReadOnlyList<OciMount> mounts, string bundle, List<string> sources, out List<MountRequest> requests)
    {
        requests = new List<MountRequest>();
        for (int i = 0; i < mounts.Count; i++)
        {
            OciMount mount = mounts[i];
            IReadOnlyList<string> options = mount.Options ?? [];
            bool readOnly = IsReadOnly(options);
            bool bind = mount.Type == "bind" || Contains(options, "bind") || Contains(options, "rbind");
            if (bind)
            {
                string source = Path.GetFullPath(mount.Source ?? "", bundle);
                if (!Path.Exists(source))
                {
                    return MoatError.Of($"mounts[{i}].source: {source}: no such file or directory");
                }

                if (Contains(options, "exclusive") && !readOnly)
                {
                    return MoatError.Of($"mounts[{i}].options: exclusive needs ro");
                }

                sources.Add(source);
            }

            if (Kind(mount, bind) is not MountKind kind)
            {
                return MoatError.Of(
                    $"mounts[{i}].type: {mount.Type}: not a file system that Moat has; use bind, tmpfs, "
                    + "proc, sysfs, devpts, mqueue or cgroup");
            }

            requests.Add(new MountRequest(
                kind, mount.Destination!, -1, false, readOnly, string.Join(',', options),
                mount.Source ?? mount.Type ?? "none"));
        }

        return null;
    }

    private static MountKind? Kind(OciMount mount, bool bind) => mount.Type switch
    {
        _ when bind => MountKind.Bind,
        "tmpfs" when mount.Destination!.TrimEnd('/') == "/dev" => MountKind.Dev,
        "tmpfs" => MountKind.Tmpfs,
        "proc" => MountKind.Proc,
        "sysfs" => MountKind.Sysfs,
        "devtmpfs" => MountKind.Dev,
        "devpts" => MountKind.Devpts,
        "mqueue" => MountKind.Mqueue,
        "cgroup" => MountKind.Cgroup,
        "cgroup2" => MountKind.Cgroup2,
        _ => null,
    };

    // The later of ro and rw wins, as with mount(8).
    private static bool IsReadOnly(IReadOnlyList<string> options)
    {
        bool readOnly = false;
        foreach (string option in options)
        {
            readOnly = option is "ro" || (readOnly && option is not "rw");
        }

        return readOnly;
    }

    private static bool Contains(IReadOnlyList<string> options, string option)
    {
        foreach (string candidate in options)
        {
            if (candidate.Equals(option, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
