// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;

namespace Moat.Vfs;

/// <summary>
/// Keeps the dentry cache from growing with every name a guest looks at: names without children that were not
/// used since the last round are held weakly, so that the garbage collector takes those that nobody holds.
/// </summary>
/// <remarks>Locks: runs under <see cref="FileSystem.NamespaceLock"/>.</remarks>
internal static class DentryPruner
{
    /// <summary>So many names are cached before the first round.</summary>
    internal const int Minimum = 16 * 1024;

    /// <summary>A name is about to be added.</summary>
    internal static void BeforeAdd(FileSystem fileSystem)
    {
        fileSystem.CountDentries(1);
        if (fileSystem.DentryCount > fileSystem.PruneAt)
        {
            Prune(fileSystem.Root, fileSystem);
            fileSystem.PruneAt = Math.Max(Minimum, fileSystem.DentryCount + (fileSystem.DentryCount / 2));
        }
    }

    private static void Prune(Dentry root, FileSystem fileSystem)
    {
        var waiting = new Stack<Dentry>();
        waiting.Push(root);
        while (waiting.TryPop(out Dentry? directory))
        {
            if (directory.Entries is not { } entries)
            {
                continue;
            }

            foreach ((byte[] name, object entry) in entries)
            {
                if (entry is not Dentry child)
                {
                    if (!((WeakReference<Dentry>)entry).TryGetTarget(out _))
                    {
                        entries.TryRemove(new KeyValuePair<byte[], object>(name, entry));
                    }
                }
                else if (child.Entries is not null)
                {
                    waiting.Push(child);
                }
                else if (!child.TakeTouch() && !child.IsMountPoint)
                {
                    fileSystem.CountDentries(-1);
                    _ = child.IsMissing
                        ? entries.TryRemove(name, out _)
                        : entries.TryUpdate(name, new WeakReference<Dentry>(child), child);
                }
            }

            directory.DropEmptyTable();
        }
    }
}
