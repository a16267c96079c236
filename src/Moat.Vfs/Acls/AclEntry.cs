// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Acls;

/// <summary>An entry of an ACL (acl(5)).</summary>
/// <param name="Tag">Whom it is about.</param>
/// <param name="Permissions">Read 4, write 2, execute 1.</param>
/// <param name="Id">The kernel's user or group id, where the tag names one.</param>
public readonly record struct AclEntry(AclTag Tag, ushort Permissions, uint Id)
{
    /// <summary>True when the id counts.</summary>
    public bool IsNamed => Tag is AclTag.User or AclTag.Group;
}
