// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Memory;

namespace Moat.Fd.Tests;

/// <summary>One mapped range of guest memory, from 4096 to 1 MiB.</summary>
internal sealed class FakeMemory : UserMemory
{
    private const int Start = 4096;
    private readonly byte[] _bytes = new byte[1 << 20];

    public override int ReadPartial(ulong address, Span<byte> destination)
    {
        int count = Room(address, destination.Length);
        _bytes.AsSpan((int)(count == 0 ? 0 : address), count).CopyTo(destination);
        return count;
    }

    public override int WritePartial(ulong address, ReadOnlySpan<byte> source)
    {
        int count = Room(address, source.Length);
        source[..count].CopyTo(_bytes.AsSpan((int)(count == 0 ? 0 : address)));
        return count;
    }

    private int Room(ulong address, int length) =>
        address < Start || address >= (ulong)_bytes.Length
            ? 0 : Math.Min(length, _bytes.Length - (int)address);
}
