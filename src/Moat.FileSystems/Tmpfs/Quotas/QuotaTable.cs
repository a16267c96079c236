// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Quotas;

namespace Moat.FileSystems.Tmpfs.Quotas;

/// <summary>The figures of all users, or of all groups, of one tmpfs.</summary>
/// <remarks>
/// Locks: <see cref="TmpfsQuotas"/>' own, held by every caller.
/// Invariants: there is an entry for who owns something or has other limits than those to begin with, each
/// charged to the sandbox's budget.
/// </remarks>
internal sealed class QuotaTable(TmpfsSpace space, long spaceHard, long inodesHard)
{
    private const int EntryBytes = 256;
    private const long Week = 7 * 24 * 60 * 60;

    private readonly Dictionary<uint, QuotaFigures> _entries = [];

    internal QuotaInfo Info { get; set; } = new(Week, Week);

    internal bool IsEnforced { get; set; } = true;

    internal QuotaFigures Get(uint id) =>
        _entries.TryGetValue(id, out QuotaFigures known) ? known : Beginning(id);

    internal Result<uint> Next(uint from)
    {
        uint? next = null;
        foreach (uint id in _entries.Keys)
        {
            next = id >= from && (next is null || id < next) ? id : next;
        }

        return next is { } found ? found : Errno.ENOENT;
    }

    internal Errno Set(uint id, QuotaChange change, in QuotaFigures wanted, long now)
    {
        QuotaFigures figures = Get(id);
        if ((change & QuotaChange.Space) != 0)
        {
            figures.Space = wanted.Space;
        }

        if ((change & QuotaChange.Inodes) != 0)
        {
            figures.Inodes = wanted.Inodes;
        }

        if ((change & QuotaChange.SpaceLimits) != 0)
        {
            (figures.SpaceHard, figures.SpaceSoft) = (wanted.SpaceHard, wanted.SpaceSoft);
        }

        if ((change & QuotaChange.InodeLimits) != 0)
        {
            (figures.InodesHard, figures.InodesSoft) = (wanted.InodesHard, wanted.InodesSoft);
        }

        if ((change & (QuotaChange.SpaceLimits | QuotaChange.Space | QuotaChange.SpaceTime)) != 0)
        {
            figures.SpaceTime = figures.SpaceSoft == 0 || figures.Space <= figures.SpaceSoft ? 0
                : (change & QuotaChange.SpaceTime) != 0 ? wanted.SpaceTime : now + Info.SpaceGrace;
        }

        if ((change & (QuotaChange.InodeLimits | QuotaChange.Inodes | QuotaChange.InodesTime)) != 0)
        {
            figures.InodesTime = figures.InodesSoft == 0 || figures.Inodes <= figures.InodesSoft ? 0
                : (change & QuotaChange.InodesTime) != 0 ? wanted.InodesTime : now + Info.InodeGrace;
        }

        return Store(id, figures) ? Errno.Success : Errno.ENOMEM;
    }

    /// <summary>EDQUOT when so much more would be above a limit that counts for the caller.</summary>
    internal Errno Check(uint id, long bytes, long inodes, bool isPrivileged, long now)
    {
        if (!IsEnforced || isPrivileged)
        {
            return Errno.Success;
        }

        QuotaFigures figures = Get(id);
        bool fits = Fits(bytes, figures.Space, figures.SpaceHard, figures.SpaceSoft, figures.SpaceTime, now)
            && Fits(inodes, figures.Inodes, figures.InodesHard, figures.InodesSoft, figures.InodesTime, now);
        return fits ? Errno.Success : Errno.EDQUOT;
    }

    /// <summary>Counts a change; EDQUOT when there is no room for one more entry.</summary>
    internal Errno Add(uint id, long bytes, long inodes, long now)
    {
        QuotaFigures figures = Get(id);
        figures.Space = Math.Max(0, figures.Space + bytes);
        figures.Inodes = Math.Max(0, figures.Inodes + inodes);
        figures.SpaceTime = Timer(
            figures.Space, figures.SpaceSoft, figures.SpaceTime, bytes > 0, now + Info.SpaceGrace);
        figures.InodesTime = Timer(
            figures.Inodes, figures.InodesSoft, figures.InodesTime, inodes > 0, now + Info.InodeGrace);
        return Store(id, figures) ? Errno.Success : Errno.EDQUOT;
    }

    private static bool Fits(long more, long used, long hard, long soft, long time, long now) =>
        more <= 0 || ((hard == 0 || used + more <= hard)
            && (soft == 0 || used + more <= soft || time == 0 || now < time));

    // Being above the soft limit begins with an increase and ends with a decrease.
    private long Timer(long used, long soft, long time, bool grows, long end) =>
        soft == 0 || used <= soft ? 0 : time == 0 && grows && IsEnforced ? end : time;

    // Root begins without limits (Documentation/filesystems/tmpfs.rst).
    private QuotaFigures Beginning(uint id) => id == 0 ? default
        : new QuotaFigures { SpaceHard = spaceHard, InodesHard = inodesHard };

    private bool Store(uint id, in QuotaFigures figures)
    {
        if (figures == Beginning(id))
        {
            if (_entries.Remove(id))
            {
                space.GiveUncounted(EntryBytes);
            }

            return true;
        }

        if (_entries.ContainsKey(id))
        {
            _entries[id] = figures;
            return true;
        }

        if (!space.TryTakeUncounted(EntryBytes))
        {
            return false;
        }

        _entries.Add(id, figures);
        return true;
    }
}
