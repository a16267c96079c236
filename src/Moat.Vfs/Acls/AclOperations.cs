// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Paths;

namespace Moat.Vfs.Acls;

/// <summary>Reading, setting and removing the ACLs of files, with their permission rules.</summary>
public static class AclOperations
{
    // Every file in a directory with a default ACL has one of its own: they are to stay small.
    private const int MostEntries = 128;

    // Owner or mode may change between check and change.
    private const int MostTries = 100;

    private static ReadOnlySpan<byte> AccessName => "system.posix_acl_access"u8;

    private static ReadOnlySpan<byte> DefaultName => "system.posix_acl_default"u8;

    /// <summary>True when an extended attribute is an ACL.</summary>
    public static bool IsAcl(ReadOnlySpan<byte> name, out bool isDefault)
    {
        isDefault = name.SequenceEqual(DefaultName);
        return isDefault || name.SequenceEqual(AccessName);
    }

    /// <summary>getxattr(2): ENODATA for none, EOPNOTSUPP where there cannot be any.</summary>
    public static Result<int> Get(Caller caller, Inode inode, bool isDefault, Span<byte> value)
    {
        if (!inode.MayHaveAcls)
        {
            return Errno.EOPNOTSUPP;
        }

        PosixAcl? acl = isDefault ? inode.Acls?.Default : inode.Acls?.Access;
        return acl is null ? Errno.ENODATA : AclFormat.Write(caller.Credentials.Space, acl, value);
    }

    /// <summary>setxattr(2) and, with an empty value, removexattr(2).</summary>
    public static Errno Set(Caller caller, Inode inode, bool isDefault, ReadOnlySpan<byte> value)
    {
        if (!AclFormat.Read(caller.Credentials.Space, value).TryGet(out AclEntry[]? entries, out Errno error))
        {
            return error;
        }

        if (!inode.MayHaveAcls)
        {
            return Errno.EOPNOTSUPP;
        }

        if (isDefault && !inode.IsDirectory)
        {
            return entries.Length > 0 ? Errno.EACCES : Errno.Success;
        }

        if (entries.Length > MostEntries)
        {
            return Errno.ENOSPC;
        }

        error = Errno.EAGAIN;
        for (int i = 0; i < MostTries && error == Errno.EAGAIN; i++)
        {
            error = SetChecked(caller, inode, isDefault, entries);
        }

        return error;
    }

    private static Errno SetChecked(Caller caller, Inode inode, bool isDefault, AclEntry[] entries)
    {
        Errno error = inode.GetOwnership(out InodeOwnership owner);
        if (error != Errno.Success || !Permissions.IsOwner(caller.Credentials, owner))
        {
            return error != Errno.Success ? error : Errno.EPERM;
        }

        PosixAcl? acl = entries.Length > 0 ? PosixAcl.TryCreate(entries) : null;
        if (acl is null && entries.Length > 0)
        {
            return Errno.EINVAL;
        }

        uint mode = owner.Mode & StatMode.PermissionMask;
        if (!isDefault && acl is not null)
        {
            mode = (mode & ~0x1ffu) | acl.ToMode(out bool isMinimal);
            acl = isMinimal ? null : acl;
            Credentials credentials = caller.Credentials;
            if (!credentials.InGroup(owner.Gid)
                && !credentials.HasOver(Capability.Fsetid, owner.Uid, owner.Gid))
            {
                mode &= ~StatMode.SetGid;
            }
        }

        return inode.SetAcl(caller, isDefault, acl, mode, owner);
    }

    /// <summary>The names for listxattr(2), each with its NUL; how many bytes they take.</summary>
    public static Result<int> List(AclPair? acls, Span<byte> names, bool isQuery)
    {
        int length = 0;
        for (int i = 0; i < 2; i++)
        {
            if ((i == 0 ? acls?.Access : acls?.Default) is null)
            {
                continue;
            }

            ReadOnlySpan<byte> name = i == 0 ? AccessName : DefaultName;
            if (!isQuery)
            {
                if (names.Length - length <= name.Length)
                {
                    return Errno.ERANGE;
                }

                name.CopyTo(names[length..]);
                names[length + name.Length] = 0;
            }

            length += name.Length + 1;
        }

        return length;
    }
}
