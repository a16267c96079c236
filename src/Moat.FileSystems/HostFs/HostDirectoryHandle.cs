// SPDX-License-Identifier: Apache-2.0
using System.Threading;
using Moat.Base;
using Moat.Host.Files;

namespace Moat.FileSystems.HostFs;

/// <summary>
/// An O_PATH descriptor of a host directory; closed when the cache and all calls in progress are done with
/// it.
/// </summary>
internal sealed class HostDirectoryHandle(int fd, HostInode owner) : RefCounted
{
    private int _touched = 1;

    /// <summary>The descriptor; valid while a reference is held.</summary>
    internal int Fd { get; } = fd;

    /// <summary>Whose it is.</summary>
    internal HostInode Owner { get; } = owner;

    /// <summary>Used since the cache's hand last came by.</summary>
    internal void Touch() => Volatile.Write(ref _touched, 1);

    /// <summary>Takes the mark away; true when there was one.</summary>
    internal bool TakeTouch() => Interlocked.Exchange(ref _touched, 0) != 0;

    protected override void Destroy() => HostFile.Close(Fd);
}
