// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Moat.Abi.Sockets;

namespace Moat.Syscalls.Sockets;

/// <summary>What recvmsg(2) changes in a struct msghdr, but for the name's length.</summary>
/// <param name="ControlLength">msg_controllen.</param>
/// <param name="Flags">msg_flags.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct MessageOutcome(ulong ControlLength, MessageFlags Flags)
{
    /// <summary>Where it is in the header.</summary>
    internal const ulong Offset = 40;
}
