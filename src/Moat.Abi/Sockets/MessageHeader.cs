// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Sockets;

/// <summary>struct msghdr (sendmsg(2)).</summary>
public record struct MessageHeader
{
    /// <summary>Where <see cref="NameLength"/> is.</summary>
    public const ulong NameLengthOffset = 8;

    /// <summary>msg_name: guest address of the socket address.</summary>
    public ulong Name;
    public int NameLength;
    public int Padding;

    /// <summary>msg_iov.</summary>
    public ulong Vectors;
    public ulong VectorCount;

    /// <summary>msg_control.</summary>
    public ulong Control;
    public ulong ControlLength;
    public MessageFlags Flags;
    public int Padding2;
}
