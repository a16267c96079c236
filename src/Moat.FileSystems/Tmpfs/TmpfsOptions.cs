// SPDX-License-Identifier: Apache-2.0
using Moat.FileSystems.Tmpfs.Quotas;

namespace Moat.FileSystems.Tmpfs;

/// <summary>Options of a tmpfs instance (tmpfs(5)).</summary>
public sealed record TmpfsOptions
{
    /// <summary>Most bytes of content; 0 for no limit.</summary>
    public long SizeLimit { get; init; }

    /// <summary>The limit was asked for; the usual one does not show in /proc/mounts.</summary>
    public bool ShowsSize { get; init; }

    /// <summary>Its type in /proc/mounts: some that hold nothing but names are a tmpfs here.</summary>
    public string TypeName { get; init; } = "tmpfs";

    /// <summary>f_type of statfs(2).</summary>
    public ulong Magic { get; init; } = 0x01021994;

    /// <summary>Most inodes; 0 for no limit.</summary>
    public long InodeLimit { get; init; } = 1 << 20;

    /// <summary>That limit was asked for.</summary>
    public bool ShowsInodes { get; init; }

    /// <summary>Permissions of the root directory.</summary>
    public uint Mode { get; init; } = 0x3ff;
    public uint Uid { get; init; }
    public uint Gid { get; init; }

    /// <summary>Where descriptors for mapped files come from.</summary>
    public DescriptorBudget Descriptors { get; init; } = new(8192);

    /// <summary>Quotas; null for none.</summary>
    public QuotaLimits? Quotas { get; init; }

    /// <summary>What all instances share.</summary>
    public TmpfsBudget Budget { get; init; } = TmpfsBudget.Unlimited;

    /// <summary>Where the memory of large files comes from.</summary>
    public PagePool Pages { get; init; } = new();
}
