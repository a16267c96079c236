// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using System.Threading;

namespace Moat.Vfs.Mounting;

/// <summary>
/// Mounts that see each other's changes (mount_namespaces(7), "Shared subtrees"): shared:N of mountinfo.
/// </summary>
/// <remarks>Locks: the mount tree's.</remarks>
public sealed class PeerGroup
{
    private static int s_lastId;

    /// <summary>N of shared:N and master:N.</summary>
    public int Id { get; } = Interlocked.Increment(ref s_lastId);

    /// <summary>The shared mounts.</summary>
    internal HashSet<Mount> Members { get; } = [];

    /// <summary>The group whose changes all members receive.</summary>
    internal PeerGroup? Master
    {
        get
        {
            foreach (Mount member in Members)
            {
                return member.Master;
            }

            return null;
        }
    }

    /// <summary>Mounts that receive its changes and tell of none.</summary>
    internal HashSet<Mount> Slaves { get; } = [];
}
