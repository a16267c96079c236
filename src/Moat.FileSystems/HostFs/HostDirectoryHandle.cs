// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Base;
using Moat.Host.Files;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// A descriptor of a host directory, to look names up and perhaps to list it; closed when the cache and all
/// calls in progress are done with it.
/// </summary>
/// <remarks>Invariants: the descriptor's own position belongs to the one who has begun to list.</remarks>
internal sealed class HostDirectoryHandle(int fd, HostInode owner, bool isReadable)
    : RefCounted, IReusable
{
    private int _touched = 1;
    private int _listing;

    /// <summary>False for one that is open with O_PATH.</summary>
    internal bool IsReadable { get; } = isReadable;

    /// <summary>
    /// True for one caller at a time, who may list through the descriptor until <see cref="EndListing"/>.
    /// </summary>
    internal bool TryBeginListing() => IsReadable && Interlocked.Exchange(ref _listing, 1) == 0;

    /// <summary>Lets the next one list.</summary>
    internal void EndListing() => Volatile.Write(ref _listing, 0);

    /// <summary>The descriptor; valid while a reference is held.</summary>
    internal int Fd { get; } = fd;

    /// <summary>Whose it is.</summary>
    internal HostInode Owner { get; } = owner;

    /// <summary>Used since the cache's hand last came by.</summary>
    internal void Touch()
    {
        // A plain write would take the cache line from other readers each time.
        if (Volatile.Read(ref _touched) == 0)
        {
            Volatile.Write(ref _touched, 1);
        }
    }

    /// <inheritdoc/>
    public bool TakeTouch()
    {
        // A mark that is set at the same moment may get lost: it is a hint.
        bool was = Volatile.Read(ref _touched) != 0;
        Volatile.Write(ref _touched, 0);
        return was;
    }

    /// <inheritdoc/>
    public void Evict()
    {
        Owner.ForgetHandle(this);
        Release();
    }

    protected override void Destroy() => HostFile.Close(Fd);
}
