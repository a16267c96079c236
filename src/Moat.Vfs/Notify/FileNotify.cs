// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;
using Moat.Abi;
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>
/// Tells inotify what happens to files; where nobody watches a file system it costs one test.
/// </summary>
/// <remarks>
/// Locks: called with up to a file system's NamespaceLock held. Linux's order of the events of one call is
/// kept: a directory hears of a child before the child's own watches do, except when something ends.
/// </remarks>
public static class FileNotify
{
    // FAN_OPEN_EXEC, of which inotify knows nothing.
    private const InotifyMask OpenExecute = (InotifyMask)0x1000;

    /// <summary>Bytes were read, entries listed.</summary>
    public static void Accessed(OpenFile file)
    {
        if (file.WatchSpace is { HasWatches: true })
        {
            Report(file, InotifyMask.Access);
        }
    }

    /// <summary>Bytes were written, or the file was made longer.</summary>
    public static void Modified(OpenFile file)
    {
        if (file.WatchSpace is { HasWatches: true })
        {
            Report(file, InotifyMask.Modify);
        }
    }

    /// <summary>Bytes were written, which may have taken set-id bits away.</summary>
    public static void Modified(OpenFile file, in SetIdWatch before)
    {
        if (before.Lost != InotifyMask.None && file.Location is { } location)
        {
            Changed(location, InotifyMask.Attributes);
        }

        Modified(file);
    }

    /// <summary>A file was opened, also to be executed.</summary>
    public static void Opened(OpenFile file, bool executes = false)
    {
        if (file.Location is { } location && location.Dentry.FileSystem.HasWatches
            && (file.Flags & OpenFlags.Path) == 0)
        {
            Report(file, executes ? InotifyMask.Open | OpenExecute : InotifyMask.Open);
        }
    }

    /// <summary>The last descriptor of an open file is gone.</summary>
    public static void Closed(OpenFile file)
    {
        if (file.Location is { } location && location.Dentry.FileSystem.HasWatches)
        {
            Report(file, file.CanWrite ? InotifyMask.CloseWrite : InotifyMask.CloseNoWrite);
        }
    }

    /// <summary>Attributes or size of what is at a place were changed.</summary>
    public static void Changed(Location location, InotifyMask mask) => Changed(location.Dentry, mask);

    internal static void Changed(Dentry dentry, InotifyMask mask)
    {
        if (dentry.FileSystem.HasWatches)
        {
            Report(dentry, mask, isPath: false);
            FanotifyDispatch.Entry(dentry, mask);
        }
    }

    /// <summary>A name was added. NamespaceLock is held.</summary>
    internal static void Created(Dentry child)
    {
        if (child.FileSystem.HasWatches)
        {
            Send(child.Parent.Inode, InotifyMask.Create | KindOf(child.Inode), 0, child.Name, false);
            FanotifyDispatch.Name(child, child.Parent, child.Name, InotifyMask.Create);
        }
    }

    /// <summary>A further name of an inode was added. NamespaceLock is held.</summary>
    internal static void Linked(Dentry child)
    {
        if (child.FileSystem.HasWatches)
        {
            Self(child, InotifyMask.Attributes);
            Created(child);
        }
    }

    /// <summary>A name was removed. NamespaceLock is held.</summary>
    internal static void Removed(Dentry victim)
    {
        if (!victim.FileSystem.HasWatches)
        {
            return;
        }

        if (!victim.Inode.IsDirectory)
        {
            Self(victim, InotifyMask.Attributes);
        }

        LostName(victim.Inode);
        Send(victim.Parent.Inode, InotifyMask.Delete | KindOf(victim.Inode), 0, victim.Name, false);
        FanotifyDispatch.Name(victim, victim.Parent, victim.Name, InotifyMask.Delete);
    }

    /// <summary>A dentry has got a new place. NamespaceLock is held.</summary>
    /// <param name="moved">It, where it is now.</param>
    /// <param name="oldParent">Where it was.</param>
    /// <param name="oldName">Its name there.</param>
    /// <param name="victim">What had the new name and has lost it, or null.</param>
    internal static void Moved(Dentry moved, Dentry oldParent, byte[] oldName, Dentry? victim)
    {
        if (!moved.FileSystem.HasWatches)
        {
            return;
        }

        uint cookie = moved.FileSystem.Vfs.NotifyLimits.NextCookie();
        InotifyMask kind = KindOf(moved.Inode);
        FanotifyDispatch.Renamed(moved, oldParent, oldName);
        Send(oldParent.Inode, InotifyMask.MovedFrom | kind, cookie, oldName, false);
        FanotifyDispatch.Name(moved, oldParent, oldName, InotifyMask.MovedFrom);
        Send(moved.Parent.Inode, InotifyMask.MovedTo | kind, cookie, moved.Name, false);
        FanotifyDispatch.Name(moved, moved.Parent, moved.Name, InotifyMask.MovedTo);
        if (victim is not null)
        {
            Self(victim, InotifyMask.Attributes | KindOf(victim.Inode));
        }

        Self(moved, InotifyMask.MoveSelf);
        if (victim is not null)
        {
            LostName(victim.Inode);
        }
    }

    /// <summary>A mount was taken away: the last of its file system ends all watches there.</summary>
    internal static void Unmounted(Mount mount)
    {
        FileSystem fileSystem = mount.FileSystem;
        if (!fileSystem.HasWatches)
        {
            return;
        }

        FanotifyDispatch.Ended(fileSystem, mount);
        if (fileSystem.MountCount == 0)
        {
            foreach (InotifyFile file in fileSystem.Vfs.NotifyLimits.Instances())
            {
                file.OnUnmounted(fileSystem);
            }

            FanotifyDispatch.Unmounted(fileSystem);
        }
    }

    /// <summary>An inode without names is not open any more: it ceases to be.</summary>
    internal static void Deleted(Inode inode)
    {
        foreach (NotifyWatch watch in inode.Watches)
        {
            watch.Owner?.Report(watch, InotifyMask.DeleteSelf, 0, [], ends: true);
        }

        FanotifyDispatch.Self(inode, null, InotifyMask.DeleteSelf);
        FanotifyDispatch.Ended(inode);
    }

    /// <summary>True when no name leads to it; an inode that cannot be asked has none.</summary>
    internal static bool IsNameless(Inode inode) =>
        inode.GetAttributes(out InodeAttributes attributes) != Errno.Success || attributes.LinkCount == 0;

    private static void LostName(Inode inode)
    {
        bool isWatched = inode.Watches.Length > 0 || inode.FileSystem.HasWideMarks;
        if (!isWatched || !(inode.IsDirectory || IsNameless(inode)))
        {
            return;
        }

        inode.HasLostNames = true;
        if (!inode.IsInUse)
        {
            Deleted(inode);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Report(OpenFile file, InotifyMask mask)
    {
        if (file.Location is { } location)
        {
            Report(location.Dentry, mask & ~OpenExecute, isPath: true);
            FanotifyDispatch.Path(location, (FanotifyMask)mask);
        }
    }

    private static void Report(Dentry dentry, InotifyMask mask, bool isPath)
    {
        mask |= KindOf(dentry.Inode);
        bool hidden = isPath && dentry.IsDeleted;
        if (!dentry.IsRoot)
        {
            Send(dentry.Parent.Inode, mask, 0, dentry.Name, hidden);
        }

        Send(dentry.Inode, mask, 0, [], hidden);
    }

    private static void Self(Dentry entry, InotifyMask mask)
    {
        Send(entry.Inode, mask, 0, [], false);
        FanotifyDispatch.Self(entry.Inode, entry, mask);
    }

    private static void Send(Inode inode, InotifyMask mask, uint cookie, byte[] name, bool hidden)
    {
        foreach (NotifyWatch watch in inode.Watches)
        {
            if ((mask & watch.Mask & InotifyMask.AllEvents) != 0
                && !(hidden && (watch.Mask & InotifyMask.ExcludeUnlinked) != 0))
            {
                watch.Owner?.Report(watch, mask, cookie, name);
            }
        }
    }

    private static InotifyMask KindOf(Inode inode) =>
        inode.IsDirectory ? InotifyMask.IsDirectory : InotifyMask.None;
}
