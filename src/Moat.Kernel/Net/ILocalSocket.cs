// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Kernel.Net;

/// <summary>An AF_UNIX socket as /proc/net/unix shows it.</summary>
public interface ILocalSocket
{
    /// <summary>Its inode's number; 0 for a connection that nobody has accepted yet.</summary>
    ulong ShownInode { get; }

    /// <summary>SOCK_STREAM and so on.</summary>
    int ShownType { get; }

    /// <summary>True after listen(2).</summary>
    bool IsListening { get; }

    /// <summary>True while it has a peer.</summary>
    bool IsConnected { get; }

    /// <summary>The path or abstract name that it is bound to; empty for none.</summary>
    ReadOnlySpan<byte> BoundName { get; }
}
