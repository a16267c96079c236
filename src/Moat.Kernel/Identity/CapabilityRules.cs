// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Capabilities;
using Moat.Base;
using Moat.Vfs;

namespace Moat.Kernel.Identity;

/// <summary>
/// What capset(2) and the capability options of prctl(2) make of credentials (security/commoncap.c).
/// </summary>
public static class CapabilityRules
{
    /// <summary>capset(2).</summary>
    public static Result<Credentials> Set(Credentials old, ulong effective, ulong permitted,
        ulong inheritable)
    {
        effective &= Credentials.AllCapabilities;
        permitted &= Credentials.AllCapabilities;
        inheritable &= Credentials.AllCapabilities;
        if (!old.HasOwn(Capability.Setpcap) && !IsSubset(inheritable, old.Inheritable | old.Permitted))
        {
            return Errno.EPERM;
        }

        if (!IsSubset(inheritable, old.Inheritable | old.Bounding) || !IsSubset(permitted, old.Permitted)
            || !IsSubset(effective, permitted))
        {
            return Errno.EPERM;
        }

        return old with
        {
            Effective = effective, Permitted = permitted, Inheritable = inheritable,
            Ambient = old.Ambient & permitted & inheritable,
        };
    }

    /// <summary>PR_CAPBSET_DROP.</summary>
    public static Result<Credentials> DropBounding(Credentials old, ulong capability)
    {
        if (!old.HasOwn(Capability.Setpcap))
        {
            return Errno.EPERM;
        }

        return IsKnown(capability) ? old with { Bounding = old.Bounding & ~Bit(capability) } : Errno.EINVAL;
    }

    /// <summary>PR_CAP_AMBIENT_RAISE.</summary>
    public static Result<Credentials> RaiseAmbient(Credentials old, ulong capability)
    {
        if (!IsKnown(capability))
        {
            return Errno.EINVAL;
        }

        ulong bit = Bit(capability);
        bool allowed = (old.Permitted & old.Inheritable & bit) != 0
            && ((SecureBits)old.SecureBits & SecureBits.NoAmbientRaise) == 0;
        return allowed ? old with { Ambient = old.Ambient | bit } : Errno.EPERM;
    }

    /// <summary>PR_CAP_AMBIENT_LOWER.</summary>
    public static Result<Credentials> LowerAmbient(Credentials old, ulong capability) =>
        IsKnown(capability) ? old with { Ambient = old.Ambient & ~Bit(capability) } : Errno.EINVAL;

    /// <summary>PR_SET_SECUREBITS.</summary>
    public static Result<Credentials> SetSecureBits(Credentials old, ulong bits)
    {
        const ulong Known = (ulong)(SecureBits.AllBits | SecureBits.AllLocks);
        ulong locked = old.SecureBits & (ulong)SecureBits.AllLocks;
        bool clearsLock = (locked & ~bits) != 0;
        bool changesLocked = (locked >> 1 & (old.SecureBits ^ bits)) != 0;
        if (clearsLock || changesLocked || (bits & ~Known) != 0 || !old.HasOwn(Capability.Setpcap))
        {
            return Errno.EPERM;
        }

        return old with { SecureBits = (uint)bits };
    }

    /// <summary>PR_SET_KEEPCAPS.</summary>
    public static Result<Credentials> SetKeepCapabilities(Credentials old, ulong keep)
    {
        if (keep > 1)
        {
            return Errno.EINVAL;
        }

        var bits = (SecureBits)old.SecureBits;
        if ((bits & SecureBits.KeepCapabilitiesLocked) != 0)
        {
            return Errno.EPERM;
        }

        bits = keep != 0 ? bits | SecureBits.KeepCapabilities : bits & ~SecureBits.KeepCapabilities;
        return old with { SecureBits = (uint)bits };
    }

    /// <summary>True for the numbers of capabilities that exist.</summary>
    public static bool IsKnown(ulong capability) => capability <= (ulong)Capability.CheckpointRestore;

    private static ulong Bit(ulong capability) => 1UL << (int)capability;

    private static bool IsSubset(ulong set, ulong of) => (set & ~of) == 0;
}
