// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.FileSystems.DevPts;

/// <summary>A bounded queue of bytes. Locks: its terminal's.</summary>
internal sealed class ByteRing(int capacity)
{
    private readonly byte[] _bytes = new byte[capacity];
    private int _start;

    internal int Count { get; private set; }

    internal int Free => _bytes.Length - Count;

    /// <summary>Appends; false when it is full.</summary>
    internal bool TryAdd(byte value)
    {
        if (Free == 0)
        {
            return false;
        }

        _bytes[(_start + Count++) % _bytes.Length] = value;
        return true;
    }

    /// <summary>Takes bytes off the front.</summary>
    internal int Take(Span<byte> buffer)
    {
        int count = Math.Min(buffer.Length, Count);
        for (int i = 0; i < count; i++)
        {
            buffer[i] = _bytes[(_start + i) % _bytes.Length];
        }

        _start = (_start + count) % _bytes.Length;
        Count -= count;
        return count;
    }

    internal void Clear() => Count = 0;
}
