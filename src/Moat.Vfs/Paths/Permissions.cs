// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Vfs.Acls;

namespace Moat.Vfs.Paths;

/// <summary>Discretionary access control (path_resolution(7), capabilities(7)).</summary>
public static class Permissions
{
    /// <summary>Checks mode bits and capabilities: EACCES or success.</summary>
    public static Errno Check(Credentials credentials, Inode inode, Access access)
    {
        if (inode.FileSystem.IsServed)
        {
            Errno refused = inode.CheckOwnRules(credentials, access, out bool isDecided);
            if (isDecided || refused != Errno.Success)
            {
                return refused;
            }
        }

        Errno error = inode.GetOwnership(out InodeOwnership ownership);
        return error == Errno.Success ? Check(credentials, ownership, access) : error;
    }

    /// <summary>Checks mode bits and capabilities: EACCES or success.</summary>
    public static Errno Check(Credentials credentials, in InodeOwnership inode, Access access)
    {
        uint bits = inode.Mode;
        if (credentials.FsUid == inode.Uid)
        {
            bits >>= 6;
        }
        else if ((bits & StatMode.AnyOfGroup) != 0 && NeededAcl(credentials, inode) is { } acl)
        {
            // Without any of the group's bits the mask is empty, and Linux does not look at the ACL.
            bits = acl.Permits(credentials, inode, access) ? (uint)access : 0;
        }
        else if (((bits >> 3) & 7) != (bits & 7) && credentials.InGroup(inode.Gid))
        {
            bits >>= 3;
        }

        if (((uint)access & ~bits) == 0)
        {
            return Errno.Success;
        }

        if (StatMode.TypeOf(inode.Mode) == FileType.Directory)
        {
            return credentials.HasOver(Capability.DacOverride, inode.Uid, inode.Gid)
                || ((access & Access.Write) == 0
                    && credentials.HasOver(Capability.DacReadSearch, inode.Uid, inode.Gid))
                ? Errno.Success : Errno.EACCES;
        }

        if (access == Access.Read && credentials.HasOver(Capability.DacReadSearch, inode.Uid, inode.Gid))
        {
            return Errno.Success;
        }

        bool executable = (access & Access.Execute) == 0 || (inode.Mode & StatMode.AnyExecute) != 0;
        return executable && credentials.HasOver(Capability.DacOverride, inode.Uid, inode.Gid)
            ? Errno.Success : Errno.EACCES;
    }

    /// <summary>
    /// The same as <see cref="Check(Credentials, Inode, Access)"/>, and EROFS for writing to read-only
    /// mounts.
    /// </summary>
    public static Errno Check(Credentials credentials, Location location, Access access)
    {
        if ((access & Access.Write) != 0 && location.Mount.IsReadOnly
            && location.Inode.Type is FileType.Regular or FileType.Directory or FileType.Symlink)
        {
            return Errno.EROFS;
        }

        if ((access & Access.Execute) != 0 && location.Inode.Type == FileType.Regular
            && (location.Mount.Flags & MountFlags.NoExecute) != 0)
        {
            return Errno.EACCES;
        }

        return Check(credentials, location.Inode, access);
    }

    // Whoever may override it gets the same answer without: then it is not asked for.
    private static PosixAcl? NeededAcl(Credentials credentials, in InodeOwnership inode) =>
        inode.Unread is null ? inode.Acl
            : credentials.HasOver(Capability.DacOverride, inode.Uid, inode.Gid) ? null : inode.FindAcl();

    /// <summary>True for the owner and for CAP_FOWNER.</summary>
    public static bool IsOwner(Credentials credentials, in InodeOwnership inode) =>
        credentials.FsUid == inode.Uid || credentials.HasOver(Capability.Fowner, inode.Uid, inode.Gid);

    /// <summary>
    /// May a name be removed from (or replaced in) a directory: write and search, and the sticky bit.
    /// </summary>
    public static Errno CheckDelete(Credentials credentials, Inode directory, Inode victim)
    {
        Errno error = directory.GetOwnership(out InodeOwnership parent);
        if (error == Errno.Success)
        {
            error = directory.FileSystem.IsServed
                ? Check(credentials, directory, Access.Write | Access.Execute)
                : Check(credentials, parent, Access.Write | Access.Execute);
        }

        if (error != Errno.Success || (parent.Mode & StatMode.Sticky) == 0 || IsOwner(credentials, parent))
        {
            return error;
        }

        error = victim.GetOwnership(out InodeOwnership child);
        return error != Errno.Success ? error : credentials.FsUid == child.Uid ? Errno.Success : Errno.EPERM;
    }

    /// <summary>May names be added to a directory.</summary>
    public static Errno CheckCreate(Credentials credentials, Inode directory) =>
        Check(credentials, directory, Access.Write | Access.Execute);

    /// <summary>The access that an open's flags ask for; mode 3 asks for both, as on Linux.</summary>
    public static Access Of(OpenFlags flags)
    {
        Access access = (flags & OpenFlags.AccessMode) switch
        {
            OpenFlags.ReadOnly => Access.Read,
            OpenFlags.WriteOnly => Access.Write,
            _ => Access.Read | Access.Write,
        };
        return (flags & OpenFlags.Truncate) != 0 ? access | Access.Write : access;
    }
}
