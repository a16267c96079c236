// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using Moat.Abi;
using Moat.Cli.Errors;
using Moat.Host.Files;
using Moat.Host.Launching;
using Moat.Oci.Spec;
using Moat.Oci.Validation;

namespace Moat.Cli.Commands;

/// <summary>
/// Who a command of `moat do` runs as: the caller, or another user of this machine's files.
/// </summary>
internal static class CallerIdentity
{
    /// <summary>Null, the user and its capabilities; or what is wrong with --user.</summary>
    internal static MoatError? Resolve(string? text, out OciUser user, out OciCapabilities capabilities)
    {
        (uint uid, uint gid) = HostIdentity.Current();
        uint umask = HostIdentity.Umask();
        user = new OciUser { Uid = uid, Gid = gid, AdditionalGids = HostIdentity.Groups(), Umask = umask };
        capabilities = OwnCapabilities();
        if (text == null)
        {
            return null;
        }

        if (Find(text, user.Umask) is not OciUser other)
        {
            return MoatError.Of($"--user {text}: no such user in /etc/passwd; use UID[:GID]");
        }

        user = other;
        ulong held = other.Uid == 0 ? CapabilityNames.All : 0;
        capabilities = Sets(CapabilityNames.All, held, held, 0, 0);
        return null;
    }

    /// <summary>The caller's resource limits.</summary>
    internal static List<OciRlimit> Limits()
    {
        var limits = new List<OciRlimit>();
        for (int resource = 0; resource < RlimitNames.Count; resource++)
        {
            if (HostLimits.Get(resource, out ulong soft, out ulong hard) == Errno.Success)
            {
                limits.Add(new OciRlimit { Type = RlimitNames.Format(resource), Soft = soft, Hard = hard });
            }
        }

        return limits;
    }

    private static OciUser? Find(string text, uint? umask)
    {
        string[] parts = text.Split(':');
        if (parts.Length > 2)
        {
            return null;
        }

        uint? gid = null;
        if (parts.Length == 2)
        {
            gid = Number(parts[1]) ?? Number(Field("/etc/group", parts[1], 2));
            if (gid == null)
            {
                return null;
            }
        }

        if (Number(parts[0]) is uint uid)
        {
            return new OciUser { Uid = uid, Gid = gid ?? 0, Umask = umask };
        }

        uint? named = Number(Field("/etc/passwd", parts[0], 2));
        uint? primary = Number(Field("/etc/passwd", parts[0], 3));
        return named == null ? null : new OciUser
        {
            Uid = named.Value,
            Gid = gid ?? primary ?? 0,
            AdditionalGids = gid == null ? GroupsOf(parts[0]) : null,
            Umask = umask,
        };
    }

    private static List<uint> GroupsOf(string name)
    {
        var groups = new List<uint>();
        foreach (string line in Lines("/etc/group"))
        {
            string[] fields = line.Split(':');
            if (fields.Length == 4 && Array.IndexOf(fields[3].Split(','), name) >= 0
                && Number(fields[2]) is uint gid)
            {
                groups.Add(gid);
            }
        }

        return groups;
    }

    private static string? Field(string path, string name, int index)
    {
        foreach (string line in Lines(path))
        {
            string[] fields = line.Split(':');
            if (fields.Length > index && fields[0] == name)
            {
                return fields[index];
            }
        }

        return null;
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    private static uint? Number(string? text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;

    private static OciCapabilities OwnCapabilities()
    {
        ulong inheritable = 0, permitted = 0, effective = 0, bounding = 0, ambient = 0;
        foreach (string line in ProcFile.Read("/proc/self/status").Split('\n'))
        {
            if (!line.StartsWith("Cap", StringComparison.Ordinal))
            {
                continue;
            }

            ulong mask = Convert.ToUInt64(line[7..].Trim(), 16);
            switch (line[..6])
            {
                case "CapInh": inheritable = mask; break;
                case "CapPrm": permitted = mask; break;
                case "CapEff": effective = mask; break;
                case "CapBnd": bounding = mask; break;
                default: ambient = mask; break;
            }
        }

        return Sets(bounding, effective, permitted, inheritable, ambient);
    }

    private static OciCapabilities Sets(
        ulong bounding, ulong effective, ulong permitted, ulong inheritable, ulong ambient) => new()
    {
        Bounding = CapabilityNames.Format(bounding),
        Effective = CapabilityNames.Format(effective),
        Permitted = CapabilityNames.Format(permitted),
        Inheritable = CapabilityNames.Format(inheritable),
        Ambient = CapabilityNames.Format(ambient),
    };
}
