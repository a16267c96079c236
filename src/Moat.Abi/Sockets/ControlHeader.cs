// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Sockets;

/// <summary>struct cmsghdr (cmsg(3)).</summary>
/// <param name="Length">With this header, without padding.</param>
/// <param name="Level">SOL_SOCKET and the like.</param>
/// <param name="Type">SCM_RIGHTS and the like.</param>
public readonly record struct ControlHeader(ulong Length, int Level, int Type);
