// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Generic;

namespace Moat.Vfs.Mounting;

/// <summary>
/// What is mounted on a directory, in all namespaces: a name can be removed although somebody else has
/// mounted something there, which then goes with it (mount_namespaces(7)).
/// </summary>
/// <remarks>Locks: changed under the mount tree's; read without.</remarks>
internal static class MountPoints
{
    private static readonly ConcurrentDictionary<Dentry, ConcurrentDictionary<Mount, bool>> s_all =
        new(1, 31);

    internal static void Add(Dentry place, Mount mount) =>
        s_all.GetOrAdd(place, static _ => new(1, 3)).TryAdd(mount, true);

    internal static void Remove(Dentry place, Mount mount)
    {
        if (s_all.TryGetValue(place, out ConcurrentDictionary<Mount, bool>? present)
            && present.TryRemove(mount, out _) && present.IsEmpty)
        {
            s_all.TryRemove(place, out _);
        }
    }

    /// <summary>What is mounted there, in all namespaces.</summary>
    internal static ICollection<Mount> At(Dentry place) =>
        s_all.TryGetValue(place, out ConcurrentDictionary<Mount, bool>? present) ? present.Keys : [];

    /// <summary>True when something is mounted there in the caller's namespace.</summary>
    internal static bool IsBusy(Caller caller, Dentry place)
    {
        if (!place.IsMountPoint || !s_all.TryGetValue(place, out ConcurrentDictionary<Mount, bool>? present))
        {
            return false;
        }

        MountNamespace? own = caller.MountSpace;
        foreach ((Mount mount, _) in present)
        {
            if (mount.Namespace == own)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The name is gone: so is what others have mounted there. No directory's lock is held.
    /// </summary>
    internal static void DetachAll(Dentry? place)
    {
        if (place is not { IsMountPoint: true })
        {
            return;
        }

        using (MountTree.Lock.Enter())
        {
            if (s_all.TryGetValue(place, out ConcurrentDictionary<Mount, bool>? present))
            {
                foreach ((Mount mount, _) in present)
                {
                    if (mount.Namespace is not null)
                    {
                        MountRemoval.EndLocked(mount, isWhole: true);
                    }
                }
            }
        }
    }
}
