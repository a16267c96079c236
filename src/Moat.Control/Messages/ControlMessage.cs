// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.Text;

namespace Moat.Control.Messages;

/// <summary>One packet of the control socket: a kind, a number and a text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">Depends on the kind.</param>
/// <param name="Text">Depends on the kind; usually empty.</param>
public readonly record struct ControlMessage(ControlKind Kind, int Value = 0, string Text = "")
{
    /// <summary>The largest packet; longer texts are cut.</summary>
    public const int MaximumBytes = 8192;

    private const int HeaderBytes = 5;

    /// <summary>Encodes into the buffer; returns the packet.</summary>
    public ReadOnlySpan<byte> Encode(Span<byte> buffer)
    {
        buffer[0] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(buffer[1..], Value);
        Encoding.UTF8.TryGetBytes(Text, buffer[HeaderBytes..], out int length);
        return buffer[..(HeaderBytes + length)];
    }

    /// <summary>Decodes a packet; one that is malformed has the kind None.</summary>
    public static ControlMessage Decode(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < HeaderBytes)
        {
            return default;
        }

        int value = BinaryPrimitives.ReadInt32LittleEndian(packet[1..]);
        return new ControlMessage((ControlKind)packet[0], value,
            Encoding.UTF8.GetString(packet[HeaderBytes..]));
    }
}
