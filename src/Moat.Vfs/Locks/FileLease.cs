// SPDX-License-Identifier: Apache-2.0
namespace Moat.Vfs.Locks;

/// <summary>A lease on a file (fcntl(2)).</summary>
/// <remarks>Locks: that of its <see cref="FileLeases"/>.</remarks>
internal sealed class FileLease(OpenFile file, ILeaseHolder holder, int processId)
{
    internal OpenFile File { get; } = file;

    internal int ProcessId { get; } = processId;

    internal ILeaseHolder Holder { get; } = holder;

    internal LockMode Mode { get; set; }

    /// <summary>When it becomes a read lease by force; 0 when nobody asks for that.</summary>
    internal long DowngradeAtNs { get; set; }

    /// <summary>When it ends by force; 0 when nobody asks for that.</summary>
    internal long EndAtNs { get; set; }

    internal bool IsBreaking => DowngradeAtNs != 0 || EndAtNs != 0;

    /// <summary>What F_GETLEASE says: what it is to become, while it is being broken.</summary>
    internal LockMode Target =>
        EndAtNs != 0 ? LockMode.None : DowngradeAtNs != 0 ? LockMode.Shared : Mode;

    /// <summary>True when an open of this kind is in its way.</summary>
    internal bool ConflictsWith(bool write) => write || Mode == LockMode.Exclusive;
}
