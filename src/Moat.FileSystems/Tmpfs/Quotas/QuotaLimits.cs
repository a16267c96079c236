// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Tmpfs.Quotas;

/// <summary>The quota options of a tmpfs: which types it has, and hard limits to begin with.</summary>
public sealed record QuotaLimits
{
    public bool HasUsers { get; init; }
    public bool HasGroups { get; init; }

    /// <summary>In bytes; 0 for no limit.</summary>
    public long UserSpace { get; init; }
    public long UserInodes { get; init; }
    public long GroupSpace { get; init; }
    public long GroupInodes { get; init; }
}
