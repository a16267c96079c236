// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Fcntl;
using Moat.Base;
using Moat.Vfs.Landlock;
using Moat.Vfs.Mounting;
using Moat.Vfs.Notify;

namespace Moat.Vfs.Paths;

/// <summary>rename(2), renameat2(2).</summary>
public static class RenameOperation
{
    /// <summary>Renames.</summary>
    /// <param name="caller">Who renames.</param>
    /// <param name="oldStart">Where a relative old path begins.</param>
    /// <param name="oldPath">The old path.</param>
    /// <param name="newStart">Where a relative new path begins.</param>
    /// <param name="newPath">The new path.</param>
    /// <param name="flags">RENAME_* flags.</param>
    public static Errno Rename(
        Caller caller, Location oldStart, ReadOnlySpan<byte> oldPath, Location newStart,
        ReadOnlySpan<byte> newPath,
        RenameFlags flags)
    {
        const RenameFlags Known = RenameFlags.NoReplace | RenameFlags.Exchange | RenameFlags.WhiteOut;
        if ((flags & ~Known) != 0
            || ((flags & RenameFlags.Exchange) != 0
            && (flags & (RenameFlags.NoReplace | RenameFlags.WhiteOut)) != 0))
        {
            return Errno.EINVAL;
        }

        var from = new PathWalker(caller, oldStart);
        Errno error = from.WalkToParent(oldPath);
        if (error != Errno.Success)
        {
            return error;
        }

        var to = new PathWalker(caller, newStart);
        error = to.WalkToParent(newPath);
        if (error != Errno.Success)
        {
            return error;
        }

        if (from.Current.Mount != to.Current.Mount)
        {
            return Errno.EXDEV;
        }

        if (from.Kind != LastComponent.Normal)
        {
            return Errno.EBUSY;
        }

        if (to.Kind != LastComponent.Normal)
        {
            return (flags & RenameFlags.NoReplace) != 0 ? Errno.EEXIST : Errno.EBUSY;
        }

        if (!from.Current.Inode.IsDirectory || !to.Current.Inode.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        if (from.Current.Mount.IsReadOnly)
        {
            return Errno.EROFS;
        }

        Dentry? replaced;
        using (NameHold hold = NameHold.Enter(caller, from.Current.Dentry.FileSystem, out error))
        {
            replaced = null;
            error = error == Errno.Success
                ? RenameLocked(caller, ref from, ref to, flags, hold, out replaced) : error;
        }

        if (error == Errno.Success)
        {
            MountPoints.DetachAll(replaced);
        }

        return error;
    }

    private static Errno RenameLocked(Caller caller, ref PathWalker from, ref PathWalker to,
        RenameFlags flags, NameHold hold, out Dentry? replaced)
    {
        replaced = null;
        Dentry oldParent = from.Current.Dentry;
        Dentry newParent = to.Current.Dentry;
        if (!DentryCache.LookupLocked(caller, oldParent, from.Last).TryGet(out Dentry? source,
            out Errno error))
        {
            return error;
        }

        Result<Dentry> found = newParent.IsDeleted
            ? Errno.ENOENT : DentryCache.LookupLocked(caller, newParent, to.Last);
        if ((!found.IsOk && found.Error != Errno.ENOENT) || newParent.IsDeleted)
        {
            return found.Error;
        }

        Dentry? victim = found.IsOk ? found.Value : null;
        error = CheckShape(caller, source, victim, newParent, from.TrailingSlash, to.TrailingSlash, flags);
        if (error == Errno.Success)
        {
            error = LandlockChecks.CheckRefer(
                caller.Credentials, source, to.Current, victim, renames: true, flags);
        }

        if (error == Errno.Success && source == victim)
        {
            return Errno.Success;
        }

        if (error == Errno.Success)
        {
            error = CheckPermissions(caller.Credentials, oldParent, source, newParent, victim, flags);
        }

        // Two names of one inode: nothing to do (rename(2)).
        if (error != Errno.Success || (victim is not null && victim.Inode == source.Inode))
        {
            return error;
        }

        oldParent.MarkChanged();
        newParent.MarkChanged();
        error = oldParent.Inode.Rename(
            caller, from.Last, source.Inode, newParent.Inode, to.Last, victim?.Inode, flags);
        using (hold.EnterDentries())
        {
            if (error == Errno.Success)
            {
                MoveDentries(source, victim, newParent, to.Last, flags);
                replaced = (flags & RenameFlags.Exchange) != 0 ? null : victim;
            }

            oldParent.MarkChanged();
            newParent.MarkChanged();
        }

        return error;
    }

    private static void MoveDentries(
        Dentry source, Dentry? victim, Dentry newParent, ReadOnlySpan<byte> newName, RenameFlags flags)
    {
        bool exchanges = (flags & RenameFlags.Exchange) != 0;
        Dentry oldParent = source.Parent;
        byte[] oldName = source.Name;
        byte[] victimName = victim?.Name ?? [];
        PathFormatter.BeginRename();
        if (exchanges)
        {
            Dentry.Exchange(source, victim!);
        }
        else
        {
            victim?.Delete();
            source.Move(newParent, newName);
        }

        PathFormatter.EndRename();
        FileNotify.Moved(source, oldParent, oldName, exchanges ? null : victim);
        if (exchanges)
        {
            FileNotify.Moved(victim!, newParent, victimName, null);
        }
    }

    private static Errno CheckShape(
        Caller caller, Dentry source, Dentry? victim, Dentry newParent, bool oldSlash, bool newSlash,
        RenameFlags flags)
    {
        bool exchange = (flags & RenameFlags.Exchange) != 0;
        if (victim is null && exchange)
        {
            return Errno.ENOENT;
        }

        if (victim is not null && (flags & RenameFlags.NoReplace) != 0)
        {
            return Errno.EEXIST;
        }

        if (exchange && newSlash && !victim!.Inode.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        if (!source.Inode.IsDirectory && (oldSlash || (!exchange && newSlash)))
        {
            return Errno.ENOTDIR;
        }

        if (source.Inode.IsDirectory && newParent.IsWithin(source))
        {
            return Errno.EINVAL;
        }

        // The target is an ancestor of the source: it cannot be empty, nor be exchanged with what is in it.
        if (victim is not null && victim.Inode.IsDirectory && source.Parent.IsWithin(victim))
        {
            return exchange ? Errno.EINVAL : Errno.ENOTEMPTY;
        }

        bool isBusy = MountPoints.IsBusy(caller, source)
            || (victim is not null && MountPoints.IsBusy(caller, victim));
        return isBusy ? Errno.EBUSY : Errno.Success;
    }

    private static Errno CheckPermissions(
        Credentials credentials, Dentry oldParent, Dentry source, Dentry newParent, Dentry? victim,
        RenameFlags flags)
    {
        Errno error = Permissions.CheckDelete(credentials, oldParent.Inode, source.Inode);
        if (error != Errno.Success)
        {
            return error;
        }

        error = victim is null
            ? Permissions.CheckCreate(credentials, newParent.Inode)
            : Permissions.CheckDelete(credentials, newParent.Inode, victim.Inode);
        if (error != Errno.Success)
        {
            return error;
        }

        if (victim is not null && (flags & RenameFlags.Exchange) == 0
            && victim.Inode.IsDirectory != source.Inode.IsDirectory)
        {
            return victim.Inode.IsDirectory ? Errno.EISDIR : Errno.ENOTDIR;
        }

        // A directory that moves gets another "..", which takes write permission on it.
        return source.Inode.IsDirectory && oldParent != newParent
            ? Permissions.Check(credentials, source.Inode, Access.Write) : Errno.Success;
    }
}
