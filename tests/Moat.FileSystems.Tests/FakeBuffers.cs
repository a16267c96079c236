// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Vfs;

namespace Moat.FileSystems.Tests;

/// <summary>
/// A caller's buffers in an array; copies fault at its end, and something may happen in between.
/// </summary>
internal sealed class FakeBuffers(byte[] memory) : CallerBuffers
{
    private int _at;

    /// <summary>Done once, before the first copy.</summary>
    public Action? BeforeCopy { get; set; }

    public override int CopyOut(ReadOnlySpan<byte> source)
    {
        Prepare();
        int count = Math.Min(source.Length, memory.Length - _at);
        source[..count].CopyTo(memory.AsSpan(_at));
        _at += count;
        return count;
    }

    public override int CopyIn(Span<byte> destination)
    {
        Prepare();
        int count = Math.Min(destination.Length, memory.Length - _at);
        memory.AsSpan(_at, count).CopyTo(destination);
        _at += count;
        return count;
    }

    private void Prepare()
    {
        Action? action = BeforeCopy;
        BeforeCopy = null;
        action?.Invoke();
    }
}
