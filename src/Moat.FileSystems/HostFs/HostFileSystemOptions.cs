// SPDX-License-Identifier: Apache-2.0
namespace Moat.FileSystems.HostFs;

/// <summary>How a host directory is shown.</summary>
public sealed record HostFileSystemOptions
{
    /// <summary>
    /// Nobody changes it meanwhile: names and attributes are cached for good. Only with read-only ones.
    /// </summary>
    public bool IsExclusive { get; init; }

    /// <summary>Its type in /proc/mounts.</summary>
    public string TypeName { get; init; } = "host";

    /// <summary>Its own options in /proc/mounts.</summary>
    public string ShownOptions { get; init; } = "";

    /// <summary>
    /// The kernel process reads and changes files of every owner, as on root's behalf: so POSIX ACLs can be
    /// set, and are the guest's own kernel's to enforce.
    /// </summary>
    public bool ActsForOwners { get; init; }

    /// <summary>Changes go to the host.</summary>
    public bool IsWritable { get; init; }

    /// <summary>
    /// It is the upper layer of an overlay: nobody but this sandbox writes to it, it has whiteouts, and modes
    /// are those that were asked for, whatever the host makes of them.
    /// </summary>
    public bool IsLayer { get; init; }

    /// <summary>Most bytes of the host's disk that a layer takes; 0 for no limit.</summary>
    public long LayerLimit { get; init; }

    /// <summary>Owners to show.</summary>
    public IOwnerResolver Owners { get; init; } = HostOwners.Instance;

    /// <summary>Shared with the sandbox's other file systems.</summary>
    public DescriptorBudget Descriptors { get; init; } = new(8192);

    /// <summary>How many files of an exclusive one stay open for reading after their last use.</summary>
    public int MaxIdleFiles { get; init; } = 256;

    /// <summary>How many directory descriptors stay open for reuse.</summary>
    public int MaxDirectoryHandles { get; init; } = 1024;
}
