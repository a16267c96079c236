// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Quotas;

/// <summary>What one user or group has of a file system, and may have; 0 is no limit.</summary>
public record struct QuotaFigures
{
    /// <summary>Bytes in use.</summary>
    public long Space { get; set; }

    /// <summary>Most bytes.</summary>
    public long SpaceHard { get; set; }

    /// <summary>More than these only for a while.</summary>
    public long SpaceSoft { get; set; }

    /// <summary>When that while ends, in seconds since 1970; 0 when it has not begun.</summary>
    public long SpaceTime { get; set; }

    /// <summary>Inodes in use.</summary>
    public long Inodes { get; set; }
    public long InodesHard { get; set; }
    public long InodesSoft { get; set; }
    public long InodesTime { get; set; }
}
