// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;

namespace Moat.Vfs.Events;

/// <summary>
/// Which epoll sets watch which: no cycles, and no chains longer than Linux allows (epoll_ctl(2), ELOOP).
/// </summary>
/// <remarks>
/// Locks: one for all sets, as Linux's epnested_mutex: taken only when a set is put into a set.
/// Invariants: a set's wait queue nests deeper than those of all sets it watches.
/// </remarks>
internal static class EpollTopology
{
    private const int MaximumDepth = 5;

    private static readonly RankedLock s_lock = new(LockRank.EpollTopology);

    /// <summary>Checks and records that one set is going to watch another.</summary>
    internal static Errno Connect(EpollFile outer, EpollFile inner)
    {
        using (s_lock.Enter())
        {
            if (outer == inner || Reaches(inner, outer, 0))
            {
                return Errno.ELOOP;
            }

            if (Depth(inner) + Height(outer) > MaximumDepth)
            {
                return Errno.ELOOP;
            }

            outer.Inner.Add(inner);
            inner.Outer.Add(outer);
            Raise(outer);
            return Errno.Success;
        }
    }

    /// <summary>Records that one set no longer watches another.</summary>
    internal static void Disconnect(EpollFile outer, EpollFile inner)
    {
        using (s_lock.Enter())
        {
            outer.Inner.Remove(inner);
            inner.Outer.Remove(outer);
        }
    }

    private static bool Reaches(EpollFile from, EpollFile to, int depth)
    {
        if (depth > MaximumDepth)
        {
            return true;
        }

        foreach (EpollFile inner in from.Inner)
        {
            if (inner == to || Reaches(inner, to, depth + 1))
            {
                return true;
            }
        }

        return false;
    }

    private static int Depth(EpollFile file) => 1 + Longest(file.Inner, static inner => Depth(inner));

    private static int Height(EpollFile file) => 1 + Longest(file.Outer, static outer => Height(outer));

    private static int Longest(List<EpollFile> files, System.Func<EpollFile, int> measure)
    {
        int longest = 0;
        foreach (EpollFile file in files)
        {
            longest = System.Math.Max(longest, measure(file));
        }

        return longest;
    }

    private static void Raise(EpollFile file)
    {
        int nesting = Depth(file);
        if (nesting > file.WaitQueue.Nesting)
        {
            file.WaitQueue.Nesting = nesting;
            foreach (EpollFile outer in file.Outer)
            {
                Raise(outer);
            }
        }
    }
}
