// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Sockets;

/// <summary>struct mmsghdr (sendmmsg(2)).</summary>
public record struct MultiMessageHeader
{
    public MessageHeader Header;

    /// <summary>msg_len: bytes that went or came.</summary>
    public uint Length;
    public uint Padding;
}
