// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Sockets;

/// <summary>struct mmsghdr (sendmmsg(2)).</summary>
public record struct MultiMessageHeader
{
    /// <summary>How far the next one is.</summary>
    public const ulong Size = 64;

    /// <summary>Where <see cref="Length"/> is.</summary>
    public const ulong LengthOffset = 56;

    public MessageHeader Header;

    /// <summary>msg_len: bytes that went or came.</summary>
    public uint Length;
    public uint Padding;
}
