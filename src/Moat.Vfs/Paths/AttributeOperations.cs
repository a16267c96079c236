// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Events;
using Moat.Abi.Landlock;
using Moat.Base;
using Moat.Vfs.Landlock;
using Moat.Vfs.Notify;
using Fields = Moat.Vfs.AttributeChange.Fields;

namespace Moat.Vfs.Paths;

/// <summary>
/// What changes attributes: chmod(2), chown(2), truncate(2), utimensat(2), with their permission rules.
/// </summary>
public static class AttributeOperations
{
    /// <summary>UTIME_NOW.</summary>
    public const long UtimeNow = 0x3fffffff;

    /// <summary>UTIME_OMIT.</summary>
    public const long UtimeOmit = 0x3ffffffe;

    // A chown between the check and the change must not make another's file set-id: then once more.
    private const int MostTries = 100;

    /// <summary>chmod(2).</summary>
    public static Errno ChangeMode(Caller caller, Location location, uint mode)
    {
        Errno error = Errno.EAGAIN;
        for (int i = 0; i < MostTries && error == Errno.EAGAIN; i++)
        {
            error = TryChangeMode(caller, location, mode);
        }

        return error;
    }

    private static Errno TryChangeMode(Caller caller, Location location, uint mode)
    {
        Errno error = Prepare(caller, location, out InodeOwnership old);
        if (error != Errno.Success)
        {
            return error;
        }

        if (location.Inode.IsSymlink)
        {
            return Errno.EOPNOTSUPP;
        }

        Credentials credentials = caller.Credentials;
        if (!Permissions.IsOwner(credentials, old) && !IsDecidedElsewhere(credentials, location.Inode))
        {
            return Errno.EPERM;
        }

        mode &= StatMode.PermissionMask;
        if (!credentials.InGroup(old.Gid) && !credentials.HasOver(Capability.Fsetid, old.Uid, old.Gid))
        {
            mode &= ~StatMode.SetGid;
        }

        return Announce(location, InotifyMask.Attributes,
            location.Inode.SetAttributes(
                caller, new AttributeChange { Valid = Fields.Mode, Mode = mode, Seen = old }));
    }

    /// <summary>chown(2); an id of uint.MaxValue stays as it is.</summary>
    public static Errno ChangeOwner(Caller caller, Location location, uint uid, uint gid)
    {
        Errno error = Errno.EAGAIN;
        for (int i = 0; i < MostTries && error == Errno.EAGAIN; i++)
        {
            error = TryChangeOwner(caller, location, uid, gid);
        }

        return error;
    }

    private static Errno TryChangeOwner(Caller caller, Location location, uint uid, uint gid)
    {
        Errno error = Prepare(caller, location, out InodeOwnership old);
        if (error != Errno.Success)
        {
            return error;
        }

        Credentials credentials = caller.Credentials;
        bool privileged = credentials.HasOver(Capability.Chown, old.Uid, old.Gid)
            || IsDecidedElsewhere(credentials, location.Inode);
        var change = new AttributeChange { Seen = old };
        if (uid != uint.MaxValue)
        {
            if (!privileged && (credentials.FsUid != old.Uid || uid != old.Uid))
            {
                return Errno.EPERM;
            }

            change.Valid |= Fields.Uid;
            change.Uid = uid;
        }

        if (gid != uint.MaxValue)
        {
            if (!privileged
                && (credentials.FsUid != old.Uid || !(gid == old.Gid || credentials.InGroup(gid))))
            {
                return Errno.EPERM;
            }

            change.Valid |= Fields.Gid;
            change.Gid = gid;
        }

        if (!location.Inode.IsDirectory)
        {
            uint mode = WithoutSetIds(old.Mode);
            if (mode != old.Mode)
            {
                change.Valid |= Fields.Mode;
                change.Mode = mode & StatMode.PermissionMask;
            }
        }

        return change.Valid == Fields.None ? Errno.Success
            : Announce(location, InotifyMask.Attributes, location.Inode.SetAttributes(caller, change));
    }

    /// <summary>truncate(2) of a path.</summary>
    public static Errno TruncatePath(Caller caller, Location location, long length)
    {
        if (length < 0)
        {
            return Errno.EINVAL;
        }

        Inode inode = location.Inode;
        if (inode.Type != FileType.Regular)
        {
            return inode.IsDirectory ? Errno.EISDIR : Errno.EINVAL;
        }

        Errno error = Permissions.Check(caller.Credentials, location, Access.Write);
        error = error != Errno.Success
            ? error : LandlockChecks.Check(caller.Credentials, location, LandlockAccess.Truncate);
        error = error == Errno.Success
            ? FileOpener.BreakLeases(caller, inode, OpenFlags.WriteOnly) : error;
        if (error != Errno.Success)
        {
            return error;
        }

        SetIdWatch before = SetIdWatch.Begin(location);
        error = Truncate(caller, inode, length);
        return Announce(location, InotifyMask.Modify | before.Lost, error);
    }

    /// <summary>Sets the size of a file that may be written; takes set-id bits away.</summary>
    public static Errno Truncate(Caller caller, Inode inode, long length)
    {
        var change = new AttributeChange { Valid = Fields.Size, Size = length };
        Errno error = CheckNewSize(caller, inode, length);
        if (error == Errno.Success)
        {
            error = AddDroppedSetIds(caller, inode, ref change);
        }

        return error == Errno.Success ? inode.SetAttributes(caller, change) : error;
    }

    /// <summary>May the caller make the file this long: EFBIG and SIGXFSZ beyond RLIMIT_FSIZE.</summary>
    public static Errno CheckNewSize(Caller caller, Inode inode, long length)
    {
        if (length <= caller.FileSizeLimit)
        {
            return Errno.Success;
        }

        Errno error = inode.GetAttributes(out InodeAttributes attributes);
        if (error != Errno.Success || length <= attributes.Size)
        {
            return error;
        }

        caller.OnFileSizeExceeded();
        return Errno.EFBIG;
    }

    /// <summary>Writing to a file takes its set-id bits away unless the caller has CAP_FSETID.</summary>
    public static Errno DropSetIds(Caller caller, Inode inode)
    {
        var change = default(AttributeChange);
        Errno error = AddDroppedSetIds(caller, inode, ref change);
        return error != Errno.Success || change.Valid == Fields.None
            ? error : inode.SetAttributes(caller, change);
    }

    /// <summary>utimensat(2); times as given, with UTIME_NOW and UTIME_OMIT in their nanoseconds.</summary>
    public static Errno SetTimes(Caller caller, Location location, Timespec access, Timespec modify)
    {
        if (access.Nanoseconds == UtimeOmit && modify.Nanoseconds == UtimeOmit)
        {
            return Errno.Success;
        }

        Errno error = Prepare(caller, location, out InodeOwnership old);
        if (error != Errno.Success)
        {
            return error;
        }

        if (!Permissions.IsOwner(caller.Credentials, old)
            && !IsDecidedElsewhere(caller.Credentials, location.Inode))
        {
            bool bothNow = access.Nanoseconds == UtimeNow && modify.Nanoseconds == UtimeNow;
            if (!bothNow)
            {
                return Errno.EPERM;
            }

            error = Permissions.Check(caller.Credentials, old, Access.Write);
            if (error != Errno.Success)
            {
                return error;
            }
        }

        Timespec now = Timespec.FromNanoseconds(Clock.RealtimeNs());
        var change = default(AttributeChange);
        if (access.Nanoseconds != UtimeOmit)
        {
            change.Valid |= Fields.AccessTime;
            change.AccessTime = access.Nanoseconds == UtimeNow ? now : access;
        }

        if (modify.Nanoseconds != UtimeOmit)
        {
            change.Valid |= Fields.ModifyTime;
            change.ModifyTime = modify.Nanoseconds == UtimeNow ? now : modify;
        }

        InotifyMask mask = access.Nanoseconds == UtimeOmit ? InotifyMask.Modify
            : modify.Nanoseconds == UtimeOmit ? InotifyMask.Access : InotifyMask.Attributes;
        return Announce(location, mask, location.Inode.SetAttributes(caller, change));
    }

    // A guest process that serves a file system may decide by itself who changes what (fuse_setattr()).
    private static bool IsDecidedElsewhere(Credentials credentials, Inode inode) =>
        inode.FileSystem.IsServed
        && inode.CheckOwnRules(credentials, 0, out bool isDecided) == Errno.Success && isDecided;

    private static Errno Announce(Location location, InotifyMask mask, Errno result)
    {
        if (result == Errno.Success)
        {
            FileNotify.Changed(location, mask);
        }

        return result;
    }

    private static Errno Prepare(Caller caller, Location location, out InodeOwnership old)
    {
        old = default;
        if (location.Mount.IsReadOnly)
        {
            return Errno.EROFS;
        }

        Errno error = location.Inode.FileSystem.IsServed
            ? location.Inode.Refresh(caller, forPermission: false) : Errno.Success;
        return error == Errno.Success ? location.Inode.GetOwnership(out old) : error;
    }

    private static uint WithoutSetIds(uint mode)
    {
        mode &= ~StatMode.SetUid;
        return (mode & StatMode.GroupExecute) != 0 ? mode & ~StatMode.SetGid : mode;
    }

    private static Errno AddDroppedSetIds(Caller caller, Inode inode, ref AttributeChange change)
    {
        if (caller.Credentials.Has(Capability.Fsetid))
        {
            return Errno.Success;
        }

        Errno error = inode.GetOwnership(out InodeOwnership old);
        if (error == Errno.Success && WithoutSetIds(old.Mode) != old.Mode)
        {
            change.Valid |= Fields.Mode;
            change.Mode = WithoutSetIds(old.Mode) & StatMode.PermissionMask;
        }

        return error;
    }
}
