// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Moat.Vfs;

namespace Moat.Kernel.Net;

/// <summary>The abstract names of AF_UNIX sockets in a network namespace (unix(7)).</summary>
/// <remarks>Locks: none; names are added and removed atomically.</remarks>
public sealed class AbstractNames
{
    private readonly ConcurrentDictionary<byte[], OpenFile> _names = new(NameComparer.Instance);

    /// <summary>Binds a name; false when it is taken.</summary>
    public bool TryAdd(byte[] name, OpenFile socket) => _names.TryAdd(name, socket);

    /// <summary>Finds the socket of a name; it may be closed already.</summary>
    public bool TryGet(byte[] name, [NotNullWhen(true)] out OpenFile? socket) =>
        _names.TryGetValue(name, out socket);

    /// <summary>The socket is closed.</summary>
    public void Remove(byte[] name) => _names.TryRemove(name, out _);
}
