// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Quotas;

/// <summary>struct if_dqinfo (quotactl(2)).</summary>
public struct QuotaInformation
{
    /// <summary>IIF_BGRACE.</summary>
    public const uint SpaceGraceValid = 1;

    /// <summary>IIF_IGRACE.</summary>
    public const uint InodeGraceValid = 2;

    /// <summary>IIF_FLAGS.</summary>
    public const uint FlagsValid = 4;

    /// <summary>IIF_ALL.</summary>
    public const uint AllValid = 7;

    /// <summary>DQF_SYS_FILE: the file system keeps the figures itself.</summary>
    public const uint SystemFile = 1 << 16;

    public ulong SpaceGrace;
    public ulong InodeGrace;
    public uint Flags;
    public uint Valid;
}
