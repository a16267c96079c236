// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Paths;

/// <summary>Finds names through the dentry tree, asking the file system for those it does not know.</summary>
public static class DentryCache
{
    /// <summary>Looks a name up: its dentry, or ENOENT.</summary>
    /// <param name="caller">Who looks.</param>
    /// <param name="directory">The directory's dentry.</param>
    /// <param name="name">1 to 255 bytes, not "." or "..".</param>
    public static Result<Dentry> Lookup(Caller caller, Dentry directory, ReadOnlySpan<byte> name)
    {
        if (directory.TryGetChild(name, out Dentry? child) && IsCurrent(directory, child))
        {
            return child.IsMissing ? Errno.ENOENT : child;
        }

        return LookupUncached(caller, directory, name, lockHeld: false);
    }

    /// <summary>The same for callers that hold the right to change names (<see cref="NameHold"/>).</summary>
    internal static Result<Dentry> LookupLocked(Caller caller, Dentry directory, ReadOnlySpan<byte> name)
    {
        if (directory.TryGetChild(name, out Dentry? child) && IsCurrent(directory, child))
        {
            return child.IsMissing ? Errno.ENOENT : child;
        }

        return LookupUncached(caller, directory, name, lockHeld: !directory.FileSystem.IsServed);
    }

    private static bool IsCurrent(Dentry directory, Dentry child) =>
        !directory.FileSystem.NeedsRevalidation
        || (!child.IsMissing && child.Inode.Revalidate(directory.Inode, child.Name));

    private static Result<Dentry> LookupUncached(
        Caller caller, Dentry directory, ReadOnlySpan<byte> name, bool lockHeld)
    {
        if (directory.IsDeleted)
        {
            return Errno.ENOENT;
        }

        int changes = directory.Changes;
        if (!directory.Inode.Lookup(caller, name).TryGet(out Inode? inode, out Errno error))
        {
            if (error == Errno.ENOENT
                && directory.FileSystem is { CachesMissingNames: true, NeedsRevalidation: false })
            {
                Remember(directory, name, null, changes, lockHeld);
            }

            return error;
        }

        return inode.IsCacheable
            ? Remember(directory, name, inode, changes, lockHeld)
            : Dentry.CreateUncached(directory, name, inode);
    }

    private static Dentry Remember(
        Dentry directory, ReadOnlySpan<byte> name, Inode? inode, int changes, bool lockHeld)
    {
        if (lockHeld)
        {
            return RememberLocked(directory, name, inode);
        }

        using (directory.FileSystem.NamespaceLock.Enter())
        {
            // A name that changed while the file system was asked: what it said may be out of date, so the
            // answer serves this walk alone. (A missing name needs a dentry only to be cached.)
            if (directory.Changes != changes)
            {
                return directory.TryGetChild(name, out Dentry? present) && !present.IsMissing || inode is null
                    ? present!
                    : Dentry.CreateUncached(directory, name, inode);
            }

            return RememberLocked(directory, name, inode);
        }
    }

    private static Dentry RememberLocked(Dentry directory, ReadOnlySpan<byte> name, Inode? inode)
    {
        if (directory.TryGetChild(name, out Dentry? present) && present.Inode == inode)
        {
            return present;
        }

        // Somebody else may have looked the same name up meanwhile and got another object for the same file.
        if (present is { IsMissing: false } && inode is not null && !directory.FileSystem.NeedsRevalidation)
        {
            return present;
        }

        return directory.SetChild(name, inode);
    }
}
