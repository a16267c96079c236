// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;

namespace Moat.Vfs.Mounting;

/// <summary>The mounts that are in a namespace, by their unique ids (statmount(2)).</summary>
/// <remarks>Locks: changed under the mount tree's; read without.</remarks>
internal static class MountIds
{
    private static readonly ConcurrentDictionary<ulong, Mount> s_all = new(1, 31);

    /// <summary>A mount enters or leaves.</summary>
    internal static void Note(Mount mount, bool isThere)
    {
        if (isThere)
        {
            s_all[mount.UniqueId] = mount;
        }
        else
        {
            s_all.TryRemove(mount.UniqueId, out _);
        }
    }

    /// <summary>One of a namespace; null where there is none.</summary>
    internal static Mount? Find(MountNamespace space, ulong id) =>
        s_all.TryGetValue(id, out Mount? mount) && mount.Namespace == space ? mount : null;
}
