// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Capabilities;
using Moat.Base;
using Moat.Vfs;

namespace Moat.Kernel.Identity;

/// <summary>
/// What the set*uid calls make of credentials (credentials(7); kernel/sys.c, security/commoncap.c).
/// </summary>
public static class UserRules
{
    /// <summary>The id that means "leave it".</summary>
    public const uint Unchanged = uint.MaxValue;

    private const ulong FileSystemCapabilities =
        (1UL << (int)Capability.Chown) | (1UL << (int)Capability.DacOverride)
            | (1UL << (int)Capability.DacReadSearch)
        | (1UL << (int)Capability.Fowner) | (1UL << (int)Capability.Fsetid)
        | (1UL << (int)Capability.LinuxImmutable)
        | (1UL << (int)Capability.Mknod) | (1UL << (int)Capability.MacOverride);

    /// <summary>setuid(2).</summary>
    public static Result<Credentials> SetUid(Credentials old, uint uid)
    {
        if (uid == Unchanged)
        {
            return Errno.EINVAL;
        }

        if (old.HasOwn(Capability.Setuid))
        {
            return Fix(old, old with { Uid = uid, SavedUid = uid, EffectiveUid = uid, FsUid = uid });
        }

        return uid == old.Uid || uid == old.SavedUid
            ? Fix(old, old with { EffectiveUid = uid, FsUid = uid })
            : Errno.EPERM;
    }

    /// <summary>setreuid(2).</summary>
    public static Result<Credentials> SetRealEffective(Credentials old, uint real, uint effective)
    {
        bool privileged = old.HasOwn(Capability.Setuid);
        if (real != Unchanged && real != old.Uid && real != old.EffectiveUid && !privileged)
        {
            return Errno.EPERM;
        }

        if (effective != Unchanged && !IsOneOf(old, effective) && !privileged)
        {
            return Errno.EPERM;
        }

        uint newEffective = effective == Unchanged ? old.EffectiveUid : effective;
        bool saves = real != Unchanged || (effective != Unchanged && effective != old.Uid);
        return Fix(old, old with
        {
            Uid = real == Unchanged ? old.Uid : real,
            EffectiveUid = newEffective,
            SavedUid = saves ? newEffective : old.SavedUid,
            FsUid = newEffective,
        });
    }

    /// <summary>setresuid(2).</summary>
    public static Result<Credentials> SetAll(Credentials old, uint real, uint effective, uint saved)
    {
        bool allowed = (real == Unchanged || IsOneOf(old, real))
            && (effective == Unchanged || IsOneOf(old, effective))
            && (saved == Unchanged || IsOneOf(old, saved));
        if (!allowed && !old.HasOwn(Capability.Setuid))
        {
            return Errno.EPERM;
        }

        uint newEffective = effective == Unchanged ? old.EffectiveUid : effective;
        return Fix(old, old with
        {
            Uid = real == Unchanged ? old.Uid : real,
            EffectiveUid = newEffective,
            SavedUid = saved == Unchanged ? old.SavedUid : saved,
            FsUid = newEffective,
        });
    }

    /// <summary>setfsuid(2): the same credentials when it is not allowed.</summary>
    public static Credentials SetFileSystem(Credentials old, uint uid)
    {
        if (uid == Unchanged || uid == old.FsUid || (!IsOneOf(old, uid) && !old.HasOwn(Capability.Setuid)))
        {
            return old;
        }

        ulong effective = old.Effective;
        if (((SecureBits)old.SecureBits & SecureBits.NoSetuidFixup) == 0)
        {
            uint root = old.Space.RootUid;
            if (old.FsUid == root)
            {
                effective &= ~FileSystemCapabilities;
            }
            else if (uid == root)
            {
                effective |= old.Permitted & FileSystemCapabilities;
            }
        }

        return old with { FsUid = uid, Effective = effective };
    }

    private static bool IsOneOf(Credentials old, uint uid) =>
        uid == old.Uid || uid == old.EffectiveUid || uid == old.SavedUid;

    // capabilities(7), "Effect of user ID changes on capabilities".
    private static Credentials Fix(Credentials old, Credentials changed)
    {
        var bits = (SecureBits)old.SecureBits;
        if ((bits & SecureBits.NoSetuidFixup) != 0)
        {
            return changed;
        }

        uint root = old.Space.RootUid;
        bool wasRoot = old.Uid == root || old.EffectiveUid == root || old.SavedUid == root;
        bool isRoot = changed.Uid == root || changed.EffectiveUid == root || changed.SavedUid == root;
        if (wasRoot && !isRoot)
        {
            bool keeps = (bits & SecureBits.KeepCapabilities) != 0;
            changed = changed with
            {
                Permitted = keeps ? old.Permitted : 0, Effective = keeps ? old.Effective : 0, Ambient = 0,
            };
        }

        if (old.EffectiveUid == root && changed.EffectiveUid != root)
        {
            changed = changed with { Effective = 0 };
        }
        else if (old.EffectiveUid != root && changed.EffectiveUid == root)
        {
            changed = changed with { Effective = changed.Permitted };
        }

        return changed;
    }
}
