// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Quotas;

/// <summary>struct if_nextdqblk (quotactl(2)); struct if_dqblk is the same with padding for the id.</summary>
public struct QuotaBlock
{
    /// <summary>Limits of space in units of 1 KiB.</summary>
    public ulong SpaceHard;
    public ulong SpaceSoft;

    /// <summary>Bytes in use.</summary>
    public ulong Space;
    public ulong InodesHard;
    public ulong InodesSoft;
    public ulong Inodes;

    /// <summary>Seconds since 1970.</summary>
    public ulong SpaceTime;
    public ulong InodesTime;

    /// <summary>QIF_*.</summary>
    public uint Valid;
    public uint Id;
}
