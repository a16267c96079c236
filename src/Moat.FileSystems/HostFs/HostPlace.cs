// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;
using Moat.Base;

namespace Moat.FileSystems.HostFs;

/// <summary>Where a host inode was found: replaced as a whole when it is renamed.</summary>
/// <param name="Parent">The directory.</param>
/// <param name="Name">The name in it.</param>
/// <param name="Other">A further name, where the guest made hard links.</param>
internal sealed record HostPlace(HostInode Parent, byte[] Name, HostPlace? Other = null)
{
    private static readonly RankedLock s_lock = new(LockRank.Leaf);

    /// <summary>More names of one file are not remembered: link(2) says EMLINK.</summary>
    internal const int Most = 1000;

    /// <summary>How many names are known.</summary>
    internal int Count
    {
        get
        {
            int count = 0;
            for (HostPlace? at = this; at is not null; at = at.Other)
            {
                count++;
            }

            return count;
        }
    }

    /// <summary>Adds a further name.</summary>
    internal static void Add(ref HostPlace? first, HostPlace place)
    {
        // Links and renames are rare: one lock for all, rather than one in each inode.
        using (s_lock.Enter())
        {
            Volatile.Write(ref first, place with { Other = first });
        }
    }

    /// <summary>A name is gone (null), or has become another one.</summary>
    internal static void Replace(
        ref HostPlace? first, HostInode parent, ReadOnlySpan<byte> name, HostPlace? replacement)
    {
        using (s_lock.Enter())
        {
            HostPlace? result = null;
            for (HostPlace? at = first; at is not null; at = at.Other)
            {
                bool isMeant = at.Parent == parent && name.SequenceEqual(at.Name);
                HostPlace? kept = isMeant ? replacement : at;
                result = kept is null ? result : kept with { Other = result };
            }

            Volatile.Write(ref first, result);
        }
    }
}
