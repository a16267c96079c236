// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Vfs.Landlock;
using Moat.Vfs.Namespaces;

namespace Moat.Vfs;

/// <summary>Who a task is: immutable, replaced as a whole (credentials(7), capabilities(7)).</summary>
public sealed record Credentials
{
    public uint Uid { get; init; }
    public uint EffectiveUid { get; init; }
    public uint SavedUid { get; init; }
    public uint FsUid { get; init; }
    public uint Gid { get; init; }
    public uint EffectiveGid { get; init; }
    public uint SavedGid { get; init; }
    public uint FsGid { get; init; }

    /// <summary>Supplementary groups, sorted ascending.</summary>
    public uint[] Groups { get; init; } = [];
    public ulong Effective { get; init; }
    public ulong Permitted { get; init; }
    public ulong Inheritable { get; init; }
    public ulong Bounding { get; init; }
    public ulong Ambient { get; init; }
    public uint SecureBits { get; init; }
    public bool NoNewPrivileges { get; init; }

    /// <summary>The user namespace in which its capabilities count.</summary>
    public UserNamespace Space { get; init; } = UserNamespace.Initial;

    /// <summary>What it has restricted itself to (landlock(7)); null for nothing.</summary>
    public LandlockDomain? Landlock { get; init; }

    /// <summary>All capabilities that the guest kernel knows (0..40).</summary>
    public const ulong AllCapabilities = (1UL << 41) - 1;

    /// <summary>True when it has the capability in the initial user namespace (capable()).</summary>
    public bool Has(Capability capability) => Space.IsInitial && HasOwn(capability);

    /// <summary>True when the capability is in the effective set: in its own user namespace.</summary>
    public bool HasOwn(Capability capability) => (Effective >> (int)capability & 1) != 0;

    /// <summary>
    /// True when it has the capability over what a user namespace owns: by its own set there and below, or as
    /// the maker of a child namespace (ns_capable()).
    /// </summary>
    public bool Has(Capability capability, UserNamespace space)
    {
        for (UserNamespace at = space; ; at = at.Owner)
        {
            if (at == Space)
            {
                return HasOwn(capability);
            }

            if (at.Level <= Space.Level)
            {
                return false;
            }

            if (at.Owner == Space && at.OwnerUid == EffectiveUid)
            {
                return true;
            }
        }
    }

    /// <summary>
    /// True when it has the capability over a file: its own user namespace maps owner and group
    /// (capable_wrt_inode_uidgid()).
    /// </summary>
    public bool HasOver(Capability capability, uint uid, uint gid) => HasOwn(capability)
        && (Space.IsInitial || (Space.Uids.FromKernel(uid) != IdMap.Invalid
            && Space.Gids.FromKernel(gid) != IdMap.Invalid));

    /// <summary>True when the group is the file-system group or one of the supplementary ones.</summary>
    public bool InGroup(uint gid) => FsGid == gid || Array.BinarySearch(Groups, gid) >= 0;

    /// <summary>Every id the same; full capabilities when the uid is 0 and none otherwise.</summary>
    public static Credentials For(uint uid, uint gid, uint[] groups, ulong capabilities) => new()
    {
        Uid = uid, EffectiveUid = uid, SavedUid = uid, FsUid = uid,
        Gid = gid, EffectiveGid = gid, SavedGid = gid, FsGid = gid,
        Groups = groups, Effective = uid == 0 ? capabilities : 0, Permitted = uid == 0 ? capabilities : 0,
        Bounding = capabilities,
    };
}
