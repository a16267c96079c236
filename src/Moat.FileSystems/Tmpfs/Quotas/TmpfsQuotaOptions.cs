// SPDX-License-Identifier: Apache-2.0
using System;
using System.Text;

namespace Moat.FileSystems.Tmpfs.Quotas;

/// <summary>The mount options about quotas (Documentation/filesystems/tmpfs.rst).</summary>
internal static class TmpfsQuotaOptions
{
    /// <summary>True for an option of these that is a flag.</summary>
    internal static bool IsFlag(string key) => key is "quota" or "usrquota" or "grpquota";

    /// <summary>True for an option of these that has a value.</summary>
    internal static bool IsLimit(string key) => key is "usrquota_block_hardlimit"
        or "usrquota_inode_hardlimit" or "grpquota_block_hardlimit" or "grpquota_inode_hardlimit";

    /// <summary>The options with a flag.</summary>
    internal static QuotaLimits With(QuotaLimits? limits, string key)
    {
        limits ??= new QuotaLimits();
        return limits with
        {
            HasUsers = limits.HasUsers || key != "grpquota",
            HasGroups = limits.HasGroups || key != "usrquota",
        };
    }

    /// <summary>The options with a limit.</summary>
    internal static QuotaLimits With(QuotaLimits? limits, string key, long value)
    {
        limits ??= new QuotaLimits();
        return key switch
        {
            "usrquota_block_hardlimit" => limits with { UserSpace = value },
            "usrquota_inode_hardlimit" => limits with { UserInodes = value },
            "grpquota_block_hardlimit" => limits with { GroupSpace = value },
            _ => limits with { GroupInodes = value },
        };
    }

    /// <summary>True when a remount names a limit other than the present one.</summary>
    internal static bool ChangesLimits(QuotaLimits named, QuotaLimits now) =>
        Changes(named.UserSpace, now.UserSpace) || Changes(named.UserInodes, now.UserInodes)
        || Changes(named.GroupSpace, now.GroupSpace) || Changes(named.GroupInodes, now.GroupInodes);

    /// <summary>As /proc/mounts shows them.</summary>
    internal static void Append(StringBuilder text, QuotaLimits? limits)
    {
        if (limits is null)
        {
            return;
        }

        AppendFlag(text, "usrquota", limits.HasUsers);
        AppendFlag(text, "grpquota", limits.HasGroups);
        AppendLimit(text, "usrquota_block_hardlimit=", limits.UserSpace);
        AppendLimit(text, "grpquota_block_hardlimit=", limits.GroupSpace);
        AppendLimit(text, "usrquota_inode_hardlimit=", limits.UserInodes);
        AppendLimit(text, "grpquota_inode_hardlimit=", limits.GroupInodes);
    }

    private static bool Changes(long named, long now) => named != 0 && named != now;

    private static void AppendFlag(StringBuilder text, string name, bool isThere) =>
        text.Append(!isThere ? "" : text.Length > 0 ? "," + name : name);

    private static void AppendLimit(StringBuilder text, string name, long value) =>
        TmpfsFileSystem.Append(text, name, value == 0 ? "" : FormattableString.Invariant($"{value}"));
}
