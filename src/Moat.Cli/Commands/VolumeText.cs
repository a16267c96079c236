// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.IO;
using Moat.Cli.Errors;
using Moat.Oci.Spec;

namespace Moat.Cli.Commands;

/// <summary>Reads HOST:GUEST[:OPTIONS] of `--volume`.</summary>
internal static class VolumeText
{
    /// <summary>The options that there are, for messages and help.</summary>
    internal const string Options = "ro, rw, nosuid, suid, nodev, dev, noexec, exec, noatime, nodiratime, "
        + "relatime, strictatime, shared, exclusive";

    /// <summary>Null and the mount, or what is wrong.</summary>
    internal static MoatError? Read(string text, out OciMount? mount)
    {
        mount = null;
        string[] parts = text.Split(':');
        if (parts.Length is < 2 or > 3)
        {
            return MoatError.Of($"--volume {text}: must be HOST:GUEST or HOST:GUEST:OPTIONS");
        }

        string source = Path.GetFullPath(parts[0]);
        if (!Path.Exists(source))
        {
            return MoatError.Of($"--volume {text}: {source}: no such file or directory, or no permission");
        }

        if (!parts[1].StartsWith('/'))
        {
            return MoatError.Of($"--volume {text}: {parts[1]}: must be absolute");
        }

        List<string> options = ["rbind", "nosuid", "nodev"];
        if (parts.Length == 3 && Append(parts[2], options) is { } problem)
        {
            return MoatError.Of($"--volume {text}: {problem}");
        }

        mount = new OciMount
        {
            Destination = parts[1], Type = "bind", Source = source, Options = options,
        };
        return null;
    }

    // Later options win, as with mount(8); "shared" is what a volume is anyway, and would be taken for the
    // propagation of a mount.
    private static string? Append(string text, List<string> options)
    {
        string[] known = Options.Split(", ");
        bool isExclusive = false;
        bool isReadOnly = false;
        foreach (string option in text.Split(','))
        {
            if (Array.IndexOf(known, option) < 0)
            {
                return $"\"{option}\" is no option of a volume; there are {Options}";
            }

            isExclusive = option is "exclusive" || (isExclusive && option is not "shared");
            isReadOnly = option is "ro" || (isReadOnly && option is not "rw");
            if (option is not ("exclusive" or "shared"))
            {
                options.Add(option);
            }
        }

        if (isExclusive)
        {
            options.Add("exclusive");
        }

        return isExclusive && !isReadOnly ? "exclusive needs ro" : null;
    }
}
