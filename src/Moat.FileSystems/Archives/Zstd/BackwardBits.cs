// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using System.IO;
using System.Numerics;

namespace Moat.FileSystems.Archives.Zstd;

/// <summary>Bits that are read from the end of a stream to its start (RFC 8878, 4.1.1).</summary>
internal ref struct BackwardBits
{
    private readonly ReadOnlySpan<byte> _bytes;

    /// <summary>A stream; its last set bit marks where it begins.</summary>
    internal BackwardBits(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty || bytes[^1] == 0)
        {
            throw new InvalidDataException("zstd: a stream of bits has no start");
        }

        _bytes = bytes;
        Left = (bytes.Length * 8) - (BitOperations.LeadingZeroCount((uint)bytes[^1]) - 24) - 1;
    }

    /// <summary>How many bits are left; negative when more were read than there were.</summary>
    internal int Left { get; private set; }

    /// <summary>The next bits, at most 32, without taking them; zeros follow the last.</summary>
    internal readonly uint Peek(int count)
    {
        int low = Left - count;
        if (low >= 0)
        {
            return (uint)(Word(low) & ((1UL << count) - 1));
        }

        return Left <= 0 ? 0 : (uint)((Word(0) & ((1UL << Left) - 1)) << -low);
    }

    /// <summary>Takes some bits.</summary>
    internal void Skip(int count) => Left -= count;

    /// <summary>The next bits, at most 32.</summary>
    internal uint Read(int count)
    {
        uint value = Peek(count);
        Left -= count;
        return value;
    }

    /// <summary>At least 57 bits from a place on, the lowest first.</summary>
    private readonly ulong Word(int bit)
    {
        ReadOnlySpan<byte> from = _bytes[(bit >> 3)..];
        if (from.Length >= sizeof(ulong))
        {
            return BinaryPrimitives.ReadUInt64LittleEndian(from) >> (bit & 7);
        }

        ulong word = 0;
        for (int i = from.Length - 1; i >= 0; i--)
        {
            word = (word << 8) | from[i];
        }

        return word >> (bit & 7);
    }
}
