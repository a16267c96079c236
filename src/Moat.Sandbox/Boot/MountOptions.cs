// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;
using Moat.Abi;

namespace Moat.Sandbox.Boot;

/// <summary>Splits the options of mount(8) into flags of the mount and data for the file system.</summary>
internal static class MountOptions
{
    /// <summary>Splits "nosuid,noexec,size=64m" into flags and "size=64m".</summary>
    internal static MountFlags Split(string options, out string data)
    {
        MountFlags flags = MountFlags.RelativeAccessTime;
        var rest = new StringBuilder();
        foreach (string option in options.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!TryFlag(option, out MountFlags set, out MountFlags clear))
            {
                rest.Append(rest.Length > 0 ? "," : "").Append(option);
            }

            flags = (flags & ~clear) | set;
        }

        data = rest.ToString();
        return flags;
    }

    /// <summary>
    /// The options of a device file system as Linux shows them: sizes, then owners, then modes without zeros.
    /// </summary>
    internal static string Show(string data)
    {
        var shown = new StringBuilder();
        foreach (string name in (ReadOnlySpan<string>)["size", "uid", "gid", "mode", "ptmxmode"])
        {
            foreach (string option in data.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                if (option.StartsWith(name + "=", StringComparison.Ordinal))
                {
                    string value = option[(name.Length + 1)..];
                    value = name.EndsWith("mode", StringComparison.Ordinal) ? value.TrimStart('0') : value;
                    shown.Append(shown.Length > 0 ? "," : "").Append(name).Append('=').Append(value);
                }
            }
        }

        return shown.ToString();
    }

    /// <summary>Whether one of the options of a bind mount is "exclusive": nobody else changes it.</summary>
    internal static bool IsExclusive(string data) =>
        Array.IndexOf(data.Split(','), "exclusive") >= 0;

    private static bool TryFlag(string option, out MountFlags set, out MountFlags clear)
    {
        (bool known, set, clear) = option switch
        {
            "ro" => (true, MountFlags.ReadOnly, MountFlags.None),
            "rw" => (true, MountFlags.None, MountFlags.ReadOnly),
            "nosuid" => (true, MountFlags.NoSetUid, MountFlags.None),
            "suid" => (true, MountFlags.None, MountFlags.NoSetUid),
            "nodev" => (true, MountFlags.NoDevices, MountFlags.None),
            "dev" => (true, MountFlags.None, MountFlags.NoDevices),
            "noexec" => (true, MountFlags.NoExecute, MountFlags.None),
            "exec" => (true, MountFlags.None, MountFlags.NoExecute),
            "noatime" => (true, MountFlags.NoAccessTime, MountFlags.RelativeAccessTime),
            "nodiratime" => (true, MountFlags.NoDirectoryAccessTime, MountFlags.None),
            "relatime" => (true, MountFlags.RelativeAccessTime, MountFlags.NoAccessTime),
            "strictatime" =>
                (true, MountFlags.None, MountFlags.RelativeAccessTime | MountFlags.NoAccessTime),
            "bind" or "rbind" or "private" or "rprivate" or "slave" or "rslave" or "shared" or "rshared"
                or "unbindable" or "runbindable" or "defaults" or "sync" or "async"
                or "dirsync" => (true, MountFlags.None, MountFlags.None),
            _ => (false, MountFlags.None, MountFlags.None),
        };
        return known;
    }
}
