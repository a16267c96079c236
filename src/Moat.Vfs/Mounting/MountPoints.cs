// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Concurrent;

namespace Moat.Vfs.Mounting;

/// <summary>
/// What is mounted on a directory, in all namespaces: a name can be removed although somebody else has mounted
/// something there, which then goes with it (mount_namespaces(7), "Restrictions on mount namespaces").
/// </summary>
/// <remarks>Locks: changed under the mount tree's; read without.</remarks>
internal static class MountPoints
{
    private static readonly ConcurrentDictionary<Dentry, Mount[]> s_all = new(1, 31);

    internal static void Add(Dentry place, Mount mount) =>
        s_all[place] = s_all.TryGetValue(place, out Mount[]? present) ? [.. present, mount] : [mount];

    internal static void Remove(Dentry place, Mount mount)
    {
        if (s_all.TryGetValue(place, out Mount[]? present))
        {
            Mount[] rest = Array.FindAll(present, other => other != mount);
            if (rest.Length == 0)
            {
                s_all.TryRemove(place, out _);
            }
            else
            {
                s_all[place] = rest;
            }
        }
    }

    /// <summary>True when something is mounted there in the caller's namespace.</summary>
    internal static bool IsBusy(Caller caller, Dentry place)
    {
        if (!place.IsMountPoint || !s_all.TryGetValue(place, out Mount[]? present))
        {
            return false;
        }

        MountNamespace? own = caller.FileSystem.Namespace;
        return Array.Exists(present, mount => mount.Namespace == own);
    }

    /// <summary>The name is gone: so is what others have mounted there. No directory's lock is held.</summary>
    internal static void DetachAll(Dentry? place)
    {
        if (place is not { IsMountPoint: true })
        {
            return;
        }

        using (MountTree.Lock.Enter())
        {
            if (s_all.TryGetValue(place, out Mount[]? present))
            {
                foreach (Mount mount in present)
                {
                    MountTree.TakeOffLocked(mount);
                }
            }
        }
    }
}
