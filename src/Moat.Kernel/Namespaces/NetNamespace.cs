// SPDX-License-Identifier: Apache-2.0
using Moat.Kernel.Net;
using Moat.Vfs.Namespaces;

namespace Moat.Kernel.Namespaces;

/// <summary>
/// A network of its own (network_namespaces(7)): so far the abstract names of AF_UNIX, until there is an IP
/// stack.
/// </summary>
public sealed class NetNamespace : GuestNamespace
{
    /// <summary>An empty network.</summary>
    public NetNamespace(UserNamespace owner, uint number = 0)
        : base(NamespaceKind.Net, owner, number)
    {
    }

    /// <summary>Abstract names of local sockets.</summary>
    public AbstractNames AbstractSockets { get; } = new();

    /// <summary>All local sockets that were made in it.</summary>
    public LocalSockets Sockets { get; } = new();
}
