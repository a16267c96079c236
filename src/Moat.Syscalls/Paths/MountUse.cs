// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Kernel.Tasks;
using Moat.Vfs;

namespace Moat.Syscalls.Paths;

/// <summary>Who uses which mounts: what umount2, pivot_root and mount(2) ask of all tasks.</summary>
internal static class MountUse
{
    /// <summary>True when a directory or an open file of any task is on a mount.</summary>
    internal static bool IsBusy(Task task, Mount mount)
    {
        foreach (Task other in All(task))
        {
            if (other.FileSystem is { } places
                && (places.Root.Mount == mount || places.WorkingDirectory.Mount == mount))
            {
                return true;
            }

            if (other.Group.Executable?.Mount == mount || HasOpen(other, mount))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The mounts through which any task has files open for writing.</summary>
    internal static HashSet<Mount> Written(Task task)
    {
        var written = new HashSet<Mount>();
        var seen = new HashSet<FdTable>();
        foreach (Task other in All(task))
        {
            if (other.Files is not { } files || !seen.Add(files))
            {
                continue;
            }

            for (int fd = files.NextOpen(0); fd >= 0; fd = files.NextOpen(fd + 1))
            {
                using FileReference reference = files.Borrow(fd);
                if (reference.File is { CanWrite: true, Location: { } place }
                    && place.Inode.Type == FileType.Regular)
                {
                    written.Add(place.Mount);
                }
            }
        }

        return written;
    }

    /// <summary>True when one of them shows a file system.</summary>
    internal static bool IsWritten(HashSet<Mount> written, FileSystem fileSystem)
    {
        foreach (Mount mount in written)
        {
            if (mount.FileSystem == fileSystem)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Root and working directories that were at the old root move to the new one.</summary>
    internal static void Follow(Task task, Location from, Location to)
    {
        foreach (Task other in All(task))
        {
            other.FileSystem?.Follow(from, to);
        }
    }

    /// <summary>
    /// True when a file system of this type can be seen whole in a namespace, or when it is the initial user
    /// namespace's. The new mount keeps the restrictions of the one that is visible.
    /// </summary>
    internal static bool IsVisible(MountNamespace? space, Mount made)
    {
        if (space is null || space.Owner.IsInitial)
        {
            return true;
        }

        foreach (Mount mount in space.Snapshot())
        {
            if (mount.FileSystem.TypeName == made.FileSystem.TypeName && mount.Root == mount.FileSystem.Root
                && mount.IsWholeFor(made))
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasOpen(Task task, Mount mount)
    {
        if (task.Files is not { } files)
        {
            return false;
        }

        for (int fd = files.NextOpen(0); fd >= 0; fd = files.NextOpen(fd + 1))
        {
            using FileReference reference = files.BorrowAny(fd);
            if (reference.File?.Location?.Mount == mount)
            {
                return true;
            }
        }

        return false;
    }

    private static List<Task> All(Task task)
    {
        var all = new List<Task>();
        foreach (ThreadGroup process in task.Kernel.Tree.SnapshotProcesses())
        {
            using RankedLock.Scope scope = task.Kernel.Tree.Lock.Enter();
            all.AddRange(process.Tasks);
        }

        return all;
    }
}
