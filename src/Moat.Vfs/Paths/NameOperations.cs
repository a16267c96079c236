// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Acls;
using Moat.Vfs.Landlock;
using Moat.Vfs.Mounting;
using Moat.Vfs.Notify;

namespace Moat.Vfs.Paths;

/// <summary>
/// What adds and removes names: mkdir(2), mknod(2), symlink(2), link(2), unlink(2), rmdir(2).
/// </summary>
public static class NameOperations
{
    /// <summary>Makes a directory, node or symbolic link at a path.</summary>
    /// <param name="caller">Who makes it.</param>
    /// <param name="start">Where relative paths begin.</param>
    /// <param name="path">Its path.</param>
    /// <param name="type">What it is to be.</param>
    /// <param name="mode">Permissions before umask.</param>
    /// <param name="device">st_rdev of a device node.</param>
    /// <param name="linkTarget">Content of a symbolic link.</param>
    public static Result<Location> Make(
        Caller caller, Location start, ReadOnlySpan<byte> path, FileType type, uint mode, ulong device = 0,
        ReadOnlySpan<byte> linkTarget = default)
    {
        var walker = new PathWalker(caller, start);
        Errno error = PrepareNew(caller, ref walker, path, allowSlash: type == FileType.Directory);
        if (error != Errno.Success)
        {
            return error;
        }

        error = LandlockChecks.CheckMake(caller.Credentials, walker.Current, type);
        if (error != Errno.Success)
        {
            return error;
        }

        // Character device 0:0 is overlayfs' whiteout, which anybody may make.
        bool isDevice = type == FileType.BlockDevice || (type == FileType.CharacterDevice && device != 0);
        if (isDevice && !caller.Credentials.Has(Capability.Mknod))
        {
            return Errno.EPERM;
        }

        InodeCreation creation = Describe(caller, walker.Current.Inode, type, mode, device, linkTarget);
        Result<Dentry> made = CreateChild(caller, walker.Current.Dentry, walker.Last, creation);
        return made.IsOk ? walker.Current with { Dentry = made.Value } : made.Error;
    }

    /// <summary>link(2): a new name for what is at a location.</summary>
    public static Errno Link(Caller caller, Location source, Location start, ReadOnlySpan<byte> path)
    {
        var walker = new PathWalker(caller, start);
        Errno error = PrepareNew(caller, ref walker, path, allowSlash: false);
        if (error != Errno.Success)
        {
            return error;
        }

        Inode inode = source.Inode;
        if (source.Mount != walker.Current.Mount)
        {
            return Errno.EXDEV;
        }

        if (!MayLink(caller.Credentials, inode))
        {
            return Errno.EPERM;
        }

        error = LandlockChecks.CheckRefer(
            caller.Credentials, source.Dentry, walker.Current, null, renames: false);
        if (error != Errno.Success || inode.IsDirectory)
        {
            return error != Errno.Success ? error : Errno.EPERM;
        }

        Dentry parent = walker.Current.Dentry;
        using NameHold hold = NameHold.Enter(caller, parent.FileSystem, out error);
        error = error == Errno.Success ? CheckAbsentLocked(caller, parent, walker.Last) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        parent.MarkChanged();
        error = parent.Inode.Link(caller, walker.Last, inode);
        using (hold.EnterDentries())
        {
            parent.MarkChanged();
            if (error == Errno.Success)
            {
                FileNotify.Linked(parent.SetChild(walker.Last, inode));
            }
        }

        return error;
    }

    /// <summary>unlink(2) and rmdir(2).</summary>
    public static Errno Remove(Caller caller, Location start, ReadOnlySpan<byte> path, bool directory)
    {
        var walker = new PathWalker(caller, start);
        Errno error = walker.WalkToParent(path);
        if (error != Errno.Success)
        {
            return error;
        }

        switch (walker.Kind)
        {
            case LastComponent.Normal:
                break;
            case LastComponent.Dot:
                return directory ? Errno.EINVAL : Errno.EISDIR;
            case LastComponent.DotDot:
                return directory ? Errno.ENOTEMPTY : Errno.EISDIR;
            default:
                return directory ? Errno.EBUSY : Errno.EISDIR;
        }

        return RemoveLast(caller, ref walker, directory);
    }

    /// <summary>May names be added here: EROFS, EACCES, ENOENT for a removed directory.</summary>
    internal static Errno CheckCreate(Caller caller, Location directory)
    {
        if (directory.Mount.IsReadOnly)
        {
            return Errno.EROFS;
        }

        Errno error = Permissions.CheckCreate(caller.Credentials, directory.Inode);
        return error != Errno.Success ? error : directory.Dentry.IsDeleted ? Errno.ENOENT : Errno.Success;
    }

    /// <summary>Applies umask, the caller's ids and set-group-id directories to a new inode.</summary>
    internal static InodeCreation Describe(
        Caller caller, Inode directory, FileType type, uint mode, ulong device = 0,
        ReadOnlySpan<byte> linkTarget = default, bool opensNext = false, OpenFlags opens = default)
    {
        Credentials credentials = caller.Credentials;
        PosixAcl? inherited = type == FileType.Symlink ? null : directory.DefaultAcl;
        uint umask = inherited is null ? caller.FileSystem.Umask : 0;
        uint permissions = type == FileType.Symlink ? 0x1ff : mode & StatMode.PermissionMask & ~umask;
        uint gid = credentials.FsGid;
        if (directory.GetOwnership(out InodeOwnership parent) == Errno.Success
            && (parent.Mode & StatMode.SetGid) != 0)
        {
            gid = parent.Gid;
            if (type == FileType.Directory)
            {
                permissions |= StatMode.SetGid;
            }
            else if ((permissions & (StatMode.SetGid | StatMode.GroupExecute))
                == (StatMode.SetGid | StatMode.GroupExecute)
                && !credentials.InGroup(gid)
                && !credentials.HasOver(Capability.Fsetid, parent.Uid, parent.Gid))
            {
                permissions &= ~StatMode.SetGid;
            }
        }

        AclPair? acls = null;
        if (inherited is not null)
        {
            PosixAcl? access = inherited.ForNew(ref permissions);
            acls = AclPair.With(null, isDefault: true, type == FileType.Directory ? inherited : null);
            acls = AclPair.With(acls, isDefault: false, access);
        }

        return new InodeCreation
        {
            Acls = acls,
            Mode = (uint)type | permissions,
            Uid = credentials.FsUid,
            Gid = gid,
            SpecialDeviceId = device,
            LinkTarget = linkTarget,
            OpensNext = opensNext,
            OpenFlags = opens,
        };
    }

    /// <summary>Makes a child that must not exist yet.</summary>
    internal static Result<Dentry> CreateChild(
        Caller caller, Dentry parent, ReadOnlySpan<byte> name, in InodeCreation creation)
    {
        using NameHold hold = NameHold.Enter(caller, parent.FileSystem, out Errno error);
        error = error == Errno.Success ? CheckAbsentLocked(caller, parent, name) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        parent.MarkChanged();
        Result<Inode> made = parent.Inode.Create(caller, name, creation);
        using (hold.EnterDentries())
        {
            parent.MarkChanged();
            if (!made.IsOk)
            {
                return made.Error;
            }

            Dentry child = parent.SetChild(name, made.Value);
            FileNotify.Created(child);
            return child;
        }
    }

    /// <summary>
    /// fs.protected_hardlinks = 1: links only to one's own files, or to harmless ones that one may write.
    /// </summary>
    private static bool MayLink(Credentials credentials, Inode inode)
    {
        const uint SetGroupExecutable = StatMode.SetGid | StatMode.GroupExecute;
        return inode.GetOwnership(out InodeOwnership owner) == Errno.Success
            && (Permissions.IsOwner(credentials, owner)
                || (inode.Type == FileType.Regular && (owner.Mode & StatMode.SetUid) == 0
                    && (owner.Mode & SetGroupExecutable) != SetGroupExecutable
                    && Permissions.Check(credentials, owner, Access.Read | Access.Write) == Errno.Success));
    }

    private static Errno CheckAbsentLocked(Caller caller, Dentry parent, ReadOnlySpan<byte> name)
    {
        if (parent.IsDeleted)
        {
            return Errno.ENOENT;
        }

        Result<Dentry> present = DentryCache.LookupLocked(caller, parent, name);
        return present.IsOk ? Errno.EEXIST : present.Error == Errno.ENOENT ? Errno.Success : present.Error;
    }

    /// <summary>
    /// Walks to the parent of a name that is to be made and checks everything but the making.
    /// </summary>
    private static Errno PrepareNew(Caller caller, ref PathWalker walker, ReadOnlySpan<byte> path,
        bool allowSlash)
    {
        Errno error = walker.WalkToParent(path);
        if (error != Errno.Success)
        {
            return error;
        }

        if (walker.Kind != LastComponent.Normal)
        {
            return Errno.EEXIST;
        }

        Location parent = walker.Current;
        if (!parent.Inode.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        Result<Dentry> present = DentryCache.Lookup(caller, parent.Dentry, walker.Last);
        if (present.IsOk)
        {
            return Errno.EEXIST;
        }

        if (present.Error != Errno.ENOENT)
        {
            return present.Error;
        }

        bool refused = parent.Mount.FileSystem.RefusesNewNames || (walker.TrailingSlash && !allowSlash);
        return refused ? Errno.ENOENT : CheckCreate(caller, parent);
    }

    private static Errno RemoveLast(Caller caller, ref PathWalker walker, bool directory)
    {
        Location parent = walker.Current;
        if (!parent.Inode.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        Errno error = RemoveLast(caller, ref walker, parent, directory, out Dentry? removed);
        MountPoints.DetachAll(removed);
        return error;
    }

    private static Errno RemoveLast(
        Caller caller, ref PathWalker walker, Location parent, bool directory, out Dentry? removed)
    {
        removed = null;
        Dentry dentry = parent.Dentry;
        using NameHold hold = NameHold.Enter(caller, dentry.FileSystem, out Errno error);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!DentryCache.LookupLocked(caller, dentry, walker.Last).TryGet(out Dentry? victim, out error))
        {
            return error == Errno.ENOENT && parent.Mount.IsReadOnly ? Errno.EROFS : error;
        }

        error = CheckRemove(caller, parent, victim, directory, walker.TrailingSlash);
        if (error != Errno.Success)
        {
            return error;
        }

        dentry.MarkChanged();
        error = directory
            ? dentry.Inode.RemoveDirectory(caller, walker.Last, victim.Inode)
            : dentry.Inode.Unlink(caller, walker.Last, victim.Inode);
        using (hold.EnterDentries())
        {
            dentry.MarkChanged();
            if (error == Errno.Success)
            {
                victim.Delete();
                FileNotify.Removed(victim);
                removed = victim;
            }

            return error;
        }
    }

    private static Errno CheckRemove(
        Caller caller, Location parent, Dentry victim, bool directory, bool trailingSlash)
    {
        if (!directory && trailingSlash)
        {
            return victim.Inode.IsDirectory ? Errno.EISDIR : Errno.ENOTDIR;
        }

        if (parent.Mount.IsReadOnly)
        {
            return Errno.EROFS;
        }

        Errno error = parent.Mount.IsInternal ? Errno.Success
            : LandlockChecks.CheckRemove(caller.Credentials, parent, directory);
        error = error != Errno.Success
            ? error : Permissions.CheckDelete(caller.Credentials, parent.Inode, victim.Inode);
        if (error != Errno.Success)
        {
            return error;
        }

        if (directory != victim.Inode.IsDirectory)
        {
            return directory ? Errno.ENOTDIR : Errno.EISDIR;
        }

        return MountPoints.IsBusy(caller, victim) ? Errno.EBUSY : Errno.Success;
    }
}
