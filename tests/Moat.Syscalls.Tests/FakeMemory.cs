// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Memory;

namespace Moat.Syscalls.Tests;

/// <summary>Guest memory of one readable range.</summary>
internal sealed class FakeMemory(ulong start, byte[] bytes) : UserMemory
{
    public override int ReadPartial(ulong address, Span<byte> destination)
    {
        if (address < start || address >= start + (ulong)bytes.Length)
        {
            return 0;
        }

        ReadOnlySpan<byte> source = bytes.AsSpan((int)(address - start));
        int count = Math.Min(source.Length, destination.Length);
        source[..count].CopyTo(destination);
        return count;
    }

    public override int WritePartial(ulong address, ReadOnlySpan<byte> source) => 0;
}
