// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Acls;

/// <summary>Whom an entry of an ACL is about (acl(5)); the values of the extended attribute.</summary>
public enum AclTag : ushort
{
    UserObject = 1,
    User = 2,
    GroupObject = 4,
    Group = 8,
    Mask = 0x10,
    Other = 0x20,
}
