// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.Images;

/// <summary>What an image's file system may use up.</summary>
public sealed record ImageOptions
{
    /// <summary>Shared with the sandbox's other file systems.</summary>
    public DescriptorBudget Descriptors { get; init; } = new(8192);

    /// <summary>Bytes of memory for copies of files that cannot be mapped from the image itself.</summary>
    public long CopyBytes { get; init; } = 1L << 30;

    /// <summary>Bytes of memory for what compressed layers are inflated to, all together.</summary>
    public long InflatedBytes { get; init; } = 1L << 30;

    /// <summary>How many files the archives of an image may have, all together.</summary>
    public int MostEntries { get; init; } = 1_000_000;

    /// <summary>A directory may be an OCI image layout, not the root file system itself.</summary>
    public bool MayBeLayout { get; init; }

    /// <summary>How many such copies stay for reuse after their last use.</summary>
    public int IdleCopies { get; init; } = 128;
}
