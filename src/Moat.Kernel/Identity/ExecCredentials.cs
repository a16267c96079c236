// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Capabilities;
using Moat.Vfs;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Identity;

/// <summary>
/// Credentials across execve(2) (capabilities(7); security/commoncap.c, cap_bprm_creds_from_file).
/// </summary>
/// <param name="Credentials">What the new program runs with.</param>
/// <param name="IsSecure">AT_SECURE; the parent-death signal is then dropped too.</param>
/// <param name="IsDumpable">What PR_GET_DUMPABLE says afterwards.</param>
public readonly record struct ExecCredentials(Credentials Credentials, bool IsSecure, bool IsDumpable)
{
    private const uint SetUserId = 0x800;
    private const uint SetGroupId = 0x400;
    private const uint GroupExecute = 0x8;

    /// <summary>Applies set-id bits and the rules for capabilities. File capabilities are not read.</summary>
    /// <param name="old">The caller's credentials.</param>
    /// <param name="file">The program.</param>
    /// <param name="sharesFs">True when another process shares root and working directory: no privileges are
    /// gained.</param>
    public static ExecCredentials ForExec(Credentials old, in ExecutableIdentity file, bool sharesFs)
    {
        uint effectiveUid = old.EffectiveUid;
        uint effectiveGid = old.EffectiveGid;
        uint root = old.Space.RootUid;
        if (!file.IgnoresSetId && !old.NoNewPrivileges && IsMapped(old.Space, file))
        {
            effectiveUid = (file.Mode & SetUserId) != 0 ? file.Uid : effectiveUid;
            bool setsGroup = (file.Mode & (SetGroupId | GroupExecute)) == (SetGroupId | GroupExecute);
            effectiveGid = setsGroup ? file.Gid : effectiveGid;
        }

        ulong permitted = 0;
        bool effective = false;
        if (((SecureBits)old.SecureBits & SecureBits.NoRoot) == 0)
        {
            permitted = effectiveUid == root || old.Uid == root ? old.Bounding | old.Inheritable : 0;
            effective = effectiveUid == root;
        }

        bool isSetId = effectiveUid != old.Uid || effectiveGid != old.Gid;
        bool isUnsafe = old.NoNewPrivileges || sharesFs;
        if ((isSetId || (permitted & ~old.Permitted) != 0) && isUnsafe)
        {
            if (!old.HasOwn(Capability.Setuid) || old.NoNewPrivileges)
            {
                effectiveUid = old.Uid;
                effectiveGid = old.Gid;
            }

            permitted &= old.Permitted;
        }

        ulong ambient = isSetId ? 0 : old.Ambient;
        permitted |= ambient;
        var result = old with
        {
            EffectiveUid = effectiveUid, SavedUid = effectiveUid, FsUid = effectiveUid,
            EffectiveGid = effectiveGid, SavedGid = effectiveGid, FsGid = effectiveGid,
            Permitted = permitted, Ambient = ambient, Effective = effective ? permitted : ambient,
            SecureBits = old.SecureBits & ~(uint)SecureBits.KeepCapabilities,
        };
        bool isSecure = isSetId || (old.Uid != root && (effective || (permitted & ~ambient) != 0));
        return new(result, isSecure, effectiveUid == old.Uid && effectiveGid == old.Gid);
    }

    // Set-id bits of ids that a user namespace does not map mean nothing in it.
    private static bool IsMapped(UserNamespace space, in ExecutableIdentity file) => space.IsInitial
        || (space.Uids.FromKernel(file.Uid) != IdMap.Invalid
            && space.Gids.FromKernel(file.Gid) != IdMap.Invalid);
}
