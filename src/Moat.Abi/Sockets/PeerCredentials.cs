// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Sockets;

/// <summary>struct ucred (unix(7)).</summary>
/// <param name="ProcessId">Process id; 0 when unknown.</param>
/// <param name="Uid">User id.</param>
/// <param name="Gid">Group id.</param>
public readonly record struct PeerCredentials(int ProcessId, uint Uid, uint Gid);
