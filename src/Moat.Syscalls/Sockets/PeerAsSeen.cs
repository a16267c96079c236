// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Sockets;
using Moat.Kernel.Tasks;

namespace Moat.Syscalls.Sockets;

/// <summary>Ids of a socket's other end as numbers of the namespaces of who asks (unix(7)).</summary>
internal static class PeerAsSeen
{
    /// <summary>Ids that are not mapped become the overflow id, an invisible process 0.</summary>
    internal static PeerCredentials By(Task task, PeerCredentials peer) => new(
        task.ShowProcess(peer.ProcessId), peer.Uid == ~0u ? ~0u : task.ShowUid(peer.Uid),
        peer.Gid == ~0u ? ~0u : task.ShowGid(peer.Gid));
}
