// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Events;

namespace Moat.Vfs.Notify;

/// <summary>Tells the fanotify groups of a sandbox what <see cref="FileNotify"/> hears of.</summary>
/// <remarks>Called only for file systems in which something is watched.</remarks>
internal static class FanotifyDispatch
{
    /// <summary>Content was used by a path.</summary>
    internal static void Path(Location location, FanotifyMask mask) =>
        Entry(location.Dentry, mask, location.Mount);

    /// <summary>What a group is asked about a file that somebody is to open or read.</summary>
    internal static FanotifySource SourceOf(Location location, FanotifyMask mask) =>
        SourceOf(location.Dentry, mask, location.Mount);

    /// <summary>Attributes or size were changed.</summary>
    internal static void Entry(Dentry dentry, InotifyMask mask) => Entry(dentry, (FanotifyMask)mask, null);

    /// <summary>Something happened to an inode that no directory is told of.</summary>
    internal static void Self(Inode inode, Dentry? entry, InotifyMask mask)
    {
        if (Groups(inode.FileSystem) is { Length: > 0 } groups)
        {
            Send(groups, new FanotifySource
            {
                Mask = Kind(inode) | (FanotifyMask)mask, Object = inode, Entry = entry, Name = [],
            });
        }
    }

    /// <summary>A name was added or taken away.</summary>
    internal static void Name(Dentry child, Dentry directory, byte[] name, InotifyMask mask)
    {
        if (Groups(child.FileSystem) is { Length: > 0 } groups)
        {
            Send(groups, new FanotifySource
            {
                Mask = Kind(child.Inode) | (FanotifyMask)mask, Object = child.Inode, Entry = child,
                Directory = directory, Name = name, IsName = true,
            });
        }
    }

    /// <summary>A name was changed: the event with both.</summary>
    internal static void Renamed(Dentry moved, Dentry oldDirectory, byte[] oldName)
    {
        if (Groups(moved.FileSystem) is { Length: > 0 } groups)
        {
            Send(groups, new FanotifySource
            {
                Mask = Kind(moved.Inode) | FanotifyMask.Rename, Object = moved.Inode, Entry = moved,
                Directory = oldDirectory, Name = oldName, IsName = true, NewDirectory = moved.Parent,
            });
        }
    }

    /// <summary>The inode is no more: its marks go.</summary>
    internal static void Ended(Inode inode) => Ended(inode.FileSystem, inode);

    /// <summary>The inode or mount is no more: its marks go.</summary>
    internal static void Ended(FileSystem fileSystem, object marked)
    {
        foreach (FanotifyFile group in Groups(fileSystem))
        {
            group.Forget(marked);
        }
    }

    /// <summary>The file system is mounted nowhere any more.</summary>
    internal static void Unmounted(FileSystem fileSystem)
    {
        foreach (FanotifyFile group in Groups(fileSystem))
        {
            group.OnUnmounted(fileSystem);
        }
    }

    private static void Entry(Dentry dentry, FanotifyMask mask, Mount? mount)
    {
        if (Groups(dentry.FileSystem) is { Length: > 0 } groups)
        {
            Send(groups, SourceOf(dentry, mask, mount));
        }
    }

    private static FanotifySource SourceOf(Dentry dentry, FanotifyMask mask, Mount? mount) => new()
    {
        Mask = Kind(dentry.Inode) | mask, Object = dentry.Inode, Entry = dentry, Mount = mount,
        Directory = dentry.IsRoot ? null : dentry.Parent, Name = dentry.Name,
    };

    private static void Send(FanotifyFile[] groups, in FanotifySource source)
    {
        foreach (FanotifyFile group in groups)
        {
            group.Notify(source);
        }
    }

    private static FanotifyFile[] Groups(FileSystem fileSystem) => fileSystem.Vfs.NotifyLimits.Groups;

    private static FanotifyMask Kind(Inode inode) =>
        inode.IsDirectory ? FanotifyMask.OnDirectory : FanotifyMask.None;
}
