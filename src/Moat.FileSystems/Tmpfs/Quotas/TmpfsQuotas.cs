// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Base;
using Moat.Vfs.Quotas;

namespace Moat.FileSystems.Tmpfs.Quotas;

/// <summary>User and group quotas of one tmpfs, as Linux has them since 6.6 (tmpfs.rst).</summary>
/// <remarks>Locks: its own, of rank Leaf.</remarks>
internal sealed class TmpfsQuotas : IQuotas
{
    /// <summary>QFMT_SHMEM.</summary>
    private const int ShmemFormat = 5;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private readonly QuotaTable? _users;
    private readonly QuotaTable? _groups;

    private TmpfsQuotas(TmpfsSpace space, QuotaLimits limits)
    {
        _users = limits.HasUsers ? new QuotaTable(space, limits.UserSpace, limits.UserInodes) : null;
        _groups = limits.HasGroups ? new QuotaTable(space, limits.GroupSpace, limits.GroupInodes) : null;
    }

    public int Format => ShmemFormat;

    /// <summary>Null for a tmpfs without quotas.</summary>
    internal static TmpfsQuotas? Of(TmpfsSpace space, QuotaLimits? limits) =>
        limits is { HasUsers: true } or { HasGroups: true } ? new TmpfsQuotas(space, limits) : null;

    public bool Has(QuotaType type) => Table(type) is not null;

    public QuotaFigures Get(QuotaType type, uint id)
    {
        using (_lock.Enter())
        {
            return Table(type)!.Get(id);
        }
    }

    public Result<uint> Next(QuotaType type, uint from)
    {
        using (_lock.Enter())
        {
            return Table(type)!.Next(from);
        }
    }

    public Errno Set(QuotaType type, uint id, QuotaChange change, in QuotaFigures figures)
    {
        using (_lock.Enter())
        {
            return Table(type)!.Set(id, change, figures, Now());
        }
    }

    public QuotaInfo GetInfo(QuotaType type)
    {
        using (_lock.Enter())
        {
            return Table(type)!.Info;
        }
    }

    public void SetInfo(QuotaType type, QuotaInfo info)
    {
        using (_lock.Enter())
        {
            Table(type)!.Info = info;
        }
    }

    public Errno Enforce(QuotaType type, bool enforced)
    {
        using (_lock.Enter())
        {
            QuotaTable table = Table(type)!;
            if (table.IsEnforced && enforced)
            {
                return Errno.EEXIST;
            }

            table.IsEnforced = enforced;
            return Errno.Success;
        }
    }

    /// <summary>Charges an owner and a group: EDQUOT and no change beyond a limit.</summary>
    internal Errno Charge(uint uid, uint gid, long bytes, long inodes, bool isPrivileged)
    {
        using (_lock.Enter())
        {
            return ChargeLocked(_users, uid, _groups, gid, bytes, inodes, isPrivileged);
        }
    }

    /// <summary>Gives back what was charged, or counts what is there anyhow.</summary>
    internal void Count(uint uid, uint gid, long bytes, long inodes)
    {
        using (_lock.Enter())
        {
            long now = Now();
            _ = _users?.Add(uid, bytes, inodes, now);
            _ = _groups?.Add(gid, bytes, inodes, now);
        }
    }

    /// <summary>A file changes hands, with so many bytes.</summary>
    internal Errno Transfer(
        (uint Uid, uint Gid) from, (uint Uid, uint Gid) to, long bytes, bool isPrivileged)
    {
        using (_lock.Enter())
        {
            QuotaTable? users = from.Uid != to.Uid ? _users : null;
            QuotaTable? groups = from.Gid != to.Gid ? _groups : null;
            Errno error = ChargeLocked(users, to.Uid, groups, to.Gid, bytes, 1, isPrivileged);
            if (error == Errno.Success)
            {
                long now = Now();
                _ = users?.Add(from.Uid, -bytes, -1, now);
                _ = groups?.Add(from.Gid, -bytes, -1, now);
            }

            return error;
        }
    }

    private static Errno ChargeLocked(
        QuotaTable? users, uint uid, QuotaTable? groups, uint gid, long bytes, long inodes, bool isPrivileged)
    {
        long now = Now();
        Errno error = users?.Check(uid, bytes, inodes, isPrivileged, now) ?? Errno.Success;
        if (error == Errno.Success)
        {
            error = groups?.Check(gid, bytes, inodes, isPrivileged, now) ?? Errno.Success;
        }

        if (error == Errno.Success)
        {
            error = users?.Add(uid, bytes, inodes, now) ?? Errno.Success;
        }

        if (error != Errno.Success)
        {
            return error;
        }

        error = groups?.Add(gid, bytes, inodes, now) ?? Errno.Success;
        if (error != Errno.Success)
        {
            _ = users?.Add(uid, -bytes, -inodes, now);
        }

        return error;
    }

    private static long Now() => Clock.RealtimeNs() / 1_000_000_000;

    private QuotaTable? Table(QuotaType type) => type switch
    {
        QuotaType.User => _users,
        QuotaType.Group => _groups,
        _ => null,
    };
}
