// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.FileSystems.Fuse;

/// <summary>Options of a FUSE mount (mount.fuse(8), Documentation/filesystems/fuse.rst).</summary>
/// <param name="RootMode">rootmode=: type and permissions of the root until the daemon is asked.</param>
/// <param name="User">user_id=, as the kernel numbers it.</param>
/// <param name="Group">group_id=.</param>
internal sealed record FuseOptions(uint RootMode, uint User, uint Group)
{
    /// <summary>default_permissions: mode bits count, as everywhere else.</summary>
    internal bool ChecksModes { get; init; }

    /// <summary>allow_other: others than the mount's owner may use it.</summary>
    internal bool AllowsOthers { get; init; }

    /// <summary>max_read=; null for none.</summary>
    internal uint? MaxRead { get; init; }

    /// <summary>
    /// True for those whom the daemon cannot do harm by making them wait (fuse_allow_current_process()): with
    /// allow_other all of the mount's user namespace, else those who are its owner in every way.
    /// </summary>
    internal bool Admits(Credentials who, UserNamespace owner) => AllowsOthers ? owner.IsAbove(who.Space)
        : who.EffectiveUid == User && who.SavedUid == User && who.Uid == User
            && who.EffectiveGid == Group && who.SavedGid == Group && who.Gid == Group;

    /// <summary>As /proc/mounts shows them, in the numbers of the mount's user namespace.</summary>
    internal string Show(UserNamespace owner)
    {
        var text = new StringBuilder();
        text.Append($"user_id={owner.Uids.Show(User)},group_id={owner.Gids.Show(Group)}");
        text.Append(ChecksModes ? ",default_permissions" : "");
        text.Append(AllowsOthers ? ",allow_other" : "");
        text.Append(MaxRead is { } most ? $",max_read={most}" : "");
        return text.ToString();
    }
}
