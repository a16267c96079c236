// SPDX-License-Identifier: Apache-2.0
using Moat.Vfs.Acls;

namespace Moat.Vfs;

/// <summary>What a permission check needs of an inode.</summary>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
/// <param name="Acl">Its access ACL; null, as nearly always, when the mode says it all.</param>
/// <param name="Unread">The inode, where it takes a while to find out whether it has an ACL.</param>
public readonly record struct InodeOwnership(
    uint Mode, uint Uid, uint Gid, PosixAcl? Acl = null, Inode? Unread = null)
{
    /// <summary>Its access ACL, which may be asked for only now.</summary>
    public PosixAcl? FindAcl() => Acl ?? Unread?.Acls?.Access;
}
