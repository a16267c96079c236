// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.Vfs;

namespace Moat.Kernel.Identity;

/// <summary>What the set*gid calls make of credentials (credentials(7); kernel/sys.c).</summary>
public static class GroupRules
{
    /// <summary>NGROUPS_MAX.</summary>
    public const int MaximumGroups = 65536;

    private const uint Unchanged = UserRules.Unchanged;

    /// <summary>setgid(2).</summary>
    public static Result<Credentials> SetGid(Credentials old, uint gid)
    {
        if (gid == Unchanged)
        {
            return Errno.EINVAL;
        }

        if (old.HasOwn(Capability.Setgid))
        {
            return old with { Gid = gid, SavedGid = gid, EffectiveGid = gid, FsGid = gid };
        }

        return gid == old.Gid || gid == old.SavedGid
            ? old with { EffectiveGid = gid, FsGid = gid } : Errno.EPERM;
    }

    /// <summary>setregid(2).</summary>
    public static Result<Credentials> SetRealEffective(Credentials old, uint real, uint effective)
    {
        bool privileged = old.HasOwn(Capability.Setgid);
        if (real != Unchanged && real != old.Gid && real != old.EffectiveGid && !privileged)
        {
            return Errno.EPERM;
        }

        if (effective != Unchanged && !IsOneOf(old, effective) && !privileged)
        {
            return Errno.EPERM;
        }

        uint newEffective = effective == Unchanged ? old.EffectiveGid : effective;
        bool saves = real != Unchanged || (effective != Unchanged && effective != old.Gid);
        return old with
        {
            Gid = real == Unchanged ? old.Gid : real,
            EffectiveGid = newEffective,
            SavedGid = saves ? newEffective : old.SavedGid,
            FsGid = newEffective,
        };
    }

    /// <summary>setresgid(2).</summary>
    public static Result<Credentials> SetAll(Credentials old, uint real, uint effective, uint saved)
    {
        bool allowed = (real == Unchanged || IsOneOf(old, real))
            && (effective == Unchanged || IsOneOf(old, effective))
            && (saved == Unchanged || IsOneOf(old, saved));
        if (!allowed && !old.HasOwn(Capability.Setgid))
        {
            return Errno.EPERM;
        }

        uint newEffective = effective == Unchanged ? old.EffectiveGid : effective;
        return old with
        {
            Gid = real == Unchanged ? old.Gid : real,
            EffectiveGid = newEffective,
            SavedGid = saved == Unchanged ? old.SavedGid : saved,
            FsGid = newEffective,
        };
    }

    /// <summary>setfsgid(2): the same credentials when it is not allowed.</summary>
    public static Credentials SetFileSystem(Credentials old, uint gid) =>
        gid != Unchanged && gid != old.FsGid && (IsOneOf(old, gid) || old.HasOwn(Capability.Setgid))
            ? old with { FsGid = gid }
            : old;

    /// <summary>setgroups(2), once the caller may; takes the array over.</summary>
    public static Result<Credentials> SetGroups(Credentials old, uint[] groups)
    {
        if (Array.IndexOf(groups, Unchanged) >= 0)
        {
            return Errno.EINVAL;
        }

        Array.Sort(groups);
        return old with { Groups = groups };
    }

    private static bool IsOneOf(Credentials old, uint gid) =>
        gid == old.Gid || gid == old.EffectiveGid || gid == old.SavedGid;
}
