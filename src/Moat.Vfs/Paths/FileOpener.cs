// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Abi.Events;
using Moat.Vfs.Landlock;
using Moat.Vfs.Notify;

namespace Moat.Vfs.Paths;

/// <summary>open(2), openat(2) and openat2(2) below the descriptor table.</summary>
public static class FileOpener
{
    private const OpenFlags KeptOfPath = OpenFlags.Path | OpenFlags.Directory | OpenFlags.NoFollow;

    /// <summary>Opens or creates a file.</summary>
    /// <param name="caller">Who opens.</param>
    /// <param name="start">Where relative paths begin.</param>
    /// <param name="path">The path; an empty one is ENOENT.</param>
    /// <param name="flags">O_* flags, already checked for nonsense.</param>
    /// <param name="mode">Permissions of a new file, before umask.</param>
    /// <param name="resolve">Restrictions of openat2(2).</param>
    public static Result<OpenFile> Open(
        Caller caller, Location start, ReadOnlySpan<byte> path, OpenFlags flags, uint mode,
        ResolveFlags resolve = ResolveFlags.None)
    {
        if ((flags & OpenFlags.Path) != 0)
        {
            return OpenPath(caller, start, path, flags, resolve);
        }

        if ((flags & OpenFlags.TemporaryFile) == OpenFlags.TemporaryFile)
        {
            return OpenTemporary(caller, start, path, flags, mode, resolve);
        }

        if ((flags & OpenFlags.Create) != 0)
        {
            return OpenOrCreate(caller, start, path, flags, mode, resolve);
        }

        LookupFlags lookup = (flags & OpenFlags.NoFollow) != 0 ? LookupFlags.None : LookupFlags.Follow;
        lookup |= (flags & OpenFlags.Directory) != 0 ? LookupFlags.Directory : LookupFlags.None;
        Result<Location> found = PathWalker.Lookup(caller, start, path, lookup, resolve);
        return found.IsOk ? OpenAt(caller, found.Value, flags) : found.Error;
    }

    /// <summary>Opens what is at a location, after checking the caller's permissions.</summary>
    public static Result<OpenFile> OpenAt(Caller caller, Location location, OpenFlags flags)
    {
        if ((flags & OpenFlags.Directory) != 0 && !location.Inode.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        Errno error = location.Inode.FileSystem.IsServed
            ? location.Inode.Refresh(caller, forPermission: true) : Errno.Success;
        error = error == Errno.Success ? CheckOpen(caller.Credentials, location, flags) : error;
        return error == Errno.Success ? Finish(caller, location, flags, isNew: false) : error;
    }

    /// <summary>Opens what a handle leads to (open_by_handle_at(2)): no path is walked.</summary>
    public static Result<OpenFile> OpenFound(Caller caller, Location found, OpenFlags flags)
    {
        if ((flags & OpenFlags.Directory) != 0 && !found.Inode.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        if ((flags & OpenFlags.Path) != 0)
        {
            return new PathFile(found, flags & KeptOfPath);
        }

        return (flags & OpenFlags.TemporaryFile) == OpenFlags.TemporaryFile
            ? MakeTemporary(caller, found, flags, 0)
            : (flags & OpenFlags.Create) != 0 ? OpenExisting(caller, found, flags)
            : OpenAt(caller, found, flags);
    }

    /// <summary>May the caller open this with these flags.</summary>
    public static Errno CheckOpen(Credentials credentials, Location location, OpenFlags flags)
    {
        Inode inode = location.Inode;
        Access access = Permissions.Of(flags);
        switch (inode.Type)
        {
            case FileType.Symlink:
                return Errno.ELOOP;
            case FileType.Directory when (access & Access.Write) != 0:
                return Errno.EISDIR;
            case FileType.CharacterDevice or FileType.BlockDevice
                when (location.Mount.Flags & MountFlags.NoDevices) != 0:
                return Errno.EACCES;
        }

        Errno error = Permissions.Check(credentials, location, access);
        if (error != Errno.Success || (flags & OpenFlags.NoAccessTime) == 0)
        {
            return error;
        }

        error = inode.GetOwnership(out InodeOwnership ownership);
        return error != Errno.Success ? error
            : Permissions.IsOwner(credentials, ownership) ? Errno.Success : Errno.EPERM;
    }

    // Opens what the caller may open, or has just made.
    private static Result<OpenFile> Finish(Caller caller, Location location, OpenFlags flags, bool isNew)
    {
        OpenFlags asked = isNew ? flags & ~OpenFlags.Truncate : flags;
        Errno error = LandlockChecks.CheckOpen(caller.Credentials, location, asked, out bool mayTruncate);
        Inode inode = location.Inode;
        bool truncates = (asked & OpenFlags.Truncate) != 0 && inode.Type == FileType.Regular;
        error = error == Errno.Success ? FilePermission.ToOpen(caller, location) : error;
        error = error == Errno.Success ? BreakLeases(caller, inode, flags) : error;
        SetIdWatch before = default;
        if (truncates && error == Errno.Success)
        {
            before = SetIdWatch.Begin(location);
            error = AttributeOperations.Truncate(caller, inode, 0);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        Result<OpenFile> opened = Open(caller, location, flags);
        if (!opened.TryGet(out OpenFile? file, out error))
        {
            return opened;
        }

        error = BreakLeases(caller, inode, flags);
        if (error != Errno.Success)
        {
            file.Release();
            return error;
        }

        file.DeniesTruncate |= !mayTruncate;
        file.AsksToRead = FilePermission.Concerns(location);
        if (truncates)
        {
            FileNotify.Changed(location, InotifyMask.Modify | before.Lost);
        }

        return opened;
    }

    /// <summary>
    /// Asks who has a lease that is in the way to give it up, and waits unless O_NONBLOCK is set. Done before
    /// anything is done to the file, and once more when leases can see that it is open.
    /// </summary>
    public static Errno BreakLeases(Caller caller, Inode inode, OpenFlags flags)
    {
        if (inode.ExistingLocks?.PresentLeases is not { } leases)
        {
            return Errno.Success;
        }

        bool write = (flags & OpenFlags.AccessMode) != OpenFlags.ReadOnly;
        Errno error = leases.Break(write, inode.FileSystem.Vfs.LeaseBreakTime, out long untilNs);
        return error == Errno.EAGAIN && (flags & OpenFlags.NonBlock) == 0
            ? caller.AwaitLeases(inode, leases, write, untilNs) : error;
    }

    // A FIFO is open only when the other end is: who waits for that announces it.
    private static Result<OpenFile> Open(Caller caller, Location location, OpenFlags flags)
    {
        Result<OpenFile> opened = location.Inode.Open(caller, location, flags);
        if (opened.IsOk && location.Inode.Type != FileType.Fifo)
        {
            FileNotify.Opened(opened.Value);
        }

        return opened;
    }

    private static Result<OpenFile> OpenPath(
        Caller caller, Location start, ReadOnlySpan<byte> path, OpenFlags flags, ResolveFlags resolve)
    {
        LookupFlags lookup = (flags & OpenFlags.NoFollow) != 0 ? LookupFlags.None : LookupFlags.Follow;
        lookup |= (flags & OpenFlags.Directory) != 0 ? LookupFlags.Directory : LookupFlags.None;
        Result<Location> found = PathWalker.Lookup(caller, start, path, lookup, resolve);
        return found.IsOk ? new PathFile(found.Value, flags & KeptOfPath) : found.Error;
    }

    private static Result<OpenFile> OpenTemporary(
        Caller caller, Location start, ReadOnlySpan<byte> path, OpenFlags flags, uint mode,
        ResolveFlags resolve)
    {
        LookupFlags lookup = LookupFlags.Directory
            | ((flags & OpenFlags.NoFollow) != 0 ? LookupFlags.None : LookupFlags.Follow);
        Result<Location> found = PathWalker.Lookup(caller, start, path, lookup, resolve);
        return found.IsOk ? MakeTemporary(caller, found.Value, flags, mode) : found.Error;
    }

    private static Result<OpenFile> MakeTemporary(
        Caller caller, Location directory, OpenFlags flags, uint mode)
    {
        Errno error = NameOperations.CheckCreate(caller, directory);
        if (error != Errno.Success)
        {
            return error;
        }

        InodeCreation creation = NameOperations.Describe(caller, directory.Inode, FileType.Regular, mode);
        creation = creation with { StaysNameless = (flags & OpenFlags.Exclusive) != 0 };
        if (!directory.Inode.CreateTemporary(caller, creation).TryGet(out Inode? inode, out error))
        {
            return error;
        }

        Span<byte> name = stackalloc byte[24];
        name[0] = (byte)'#';
        _ = inode.GetAttributes(out InodeAttributes attributes);
        attributes.InodeNumber.TryFormat(name[1..], out int length);
        Dentry dentry = Dentry.CreateUncached(directory.Dentry, name[..(length + 1)], inode, deleted: true);
        const OpenFlags Dropped = OpenFlags.TemporaryFile & ~OpenFlags.Directory;
        Result<OpenFile> opened =
            Finish(caller, directory with { Dentry = dentry }, flags & ~Dropped, isNew: true);
        inode.DropUse();
        return opened;
    }

    private static Result<OpenFile> OpenOrCreate(
        Caller caller, Location start, ReadOnlySpan<byte> path, OpenFlags flags, uint mode,
        ResolveFlags resolve)
    {
        var walker = new PathWalker(caller, start, resolve);
        Errno error = walker.WalkToParent(path);
        while (error == Errno.Success)
        {
            if (walker.Kind != LastComponent.Normal)
            {
                // ".", ".." and "/" are directories; a magic link has already arrived somewhere.
                error = walker.StepLast(true);
                return error != Errno.Success ? error : OpenExisting(caller, walker.Current, flags);
            }

            if (walker.TrailingSlash)
            {
                return Errno.EISDIR;
            }

            Location parent = walker.Current;
            Result<Location> result = FindOrCreate(caller, parent, walker.Last, flags, mode,
                out bool created);
            if (!result.TryGet(out Location found, out error))
            {
                break;
            }

            if (created)
            {
                return Finish(caller, found, flags, isNew: true);
            }

            if ((resolve & ResolveFlags.NoCrossDevice) != 0 && found.Mount != parent.Mount)
            {
                return Errno.EXDEV;
            }

            if (!found.Inode.IsSymlink)
            {
                return OpenExisting(caller, found, flags);
            }

            if ((flags & OpenFlags.Exclusive) != 0)
            {
                return Errno.EEXIST;
            }

            error = (flags & OpenFlags.NoFollow) != 0 ? Errno.ELOOP : walker.FollowToParent(found);
        }

        return error;
    }

    private static Result<OpenFile> OpenExisting(Caller caller, Location location, OpenFlags flags)
    {
        if ((flags & OpenFlags.Exclusive) != 0)
        {
            return Errno.EEXIST;
        }

        return location.Inode.IsDirectory ? Errno.EISDIR : OpenAt(caller, location, flags);
    }

    private static Result<Location> FindOrCreate(
        Caller caller, Location parent, ReadOnlySpan<byte> name, OpenFlags flags, uint mode, out bool created)
    {
        created = false;
        if (!parent.Inode.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        Result<Dentry> present = DentryCache.Lookup(caller, parent.Dentry, name);
        if (present.IsOk)
        {
            return MountNamespace.TopMost(parent with { Dentry = present.Value });
        }

        if (present.Error != Errno.ENOENT)
        {
            return present.Error;
        }

        Errno error = NameOperations.CheckCreate(caller, parent);
        if (error == Errno.Success)
        {
            error = LandlockChecks.CheckMake(caller.Credentials, parent, FileType.Regular);
        }

        if (error != Errno.Success)
        {
            return error;
        }

        InodeCreation creation = NameOperations.Describe(
            caller, parent.Inode, FileType.Regular, mode, opensNext: true, opens: flags);
        Result<Dentry> made = NameOperations.CreateChild(caller, parent.Dentry, name, creation);
        if (made.Error == Errno.EEXIST && (flags & OpenFlags.Exclusive) == 0)
        {
            // Somebody was faster.
            present = DentryCache.Lookup(caller, parent.Dentry, name);
            return present.IsOk
                ? MountNamespace.TopMost(parent with { Dentry = present.Value }) : present.Error;
        }

        created = made.IsOk;
        return made.IsOk ? parent with { Dentry = made.Value } : made.Error;
    }
}
