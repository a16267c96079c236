// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Acls;

/// <summary>The ACLs of an inode: immutable, replaced as a whole, null where there are none.</summary>
/// <param name="Access">Who may what; null when the mode says it all.</param>
/// <param name="Default">What new files in this directory get; null for nothing special.</param>
public sealed record AclPair(PosixAcl? Access, PosixAcl? Default)
{
    /// <summary>The same with another ACL; null when none is left.</summary>
    public static AclPair? With(AclPair? old, bool isDefault, PosixAcl? acl)
    {
        PosixAcl? access = isDefault ? old?.Access : acl;
        PosixAcl? inherited = isDefault ? acl : old?.Default;
        return access is null && inherited is null ? null : new AclPair(access, inherited);
    }
}
