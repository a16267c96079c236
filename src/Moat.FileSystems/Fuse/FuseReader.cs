// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;

namespace Moat.FileSystems.Fuse;

/// <summary>Takes what a daemon has sent apart, field after field; beyond the end all is 0.</summary>
internal ref struct FuseReader(ReadOnlySpan<byte> source)
{
    private ReadOnlySpan<byte> _rest = source;

    /// <summary>What was not taken yet.</summary>
    internal readonly ReadOnlySpan<byte> Rest => _rest;

    internal uint Word() => BinaryPrimitives.TryReadUInt32LittleEndian(Take(4), out uint value) ? value : 0;

    internal ulong Long() => BinaryPrimitives.TryReadUInt64LittleEndian(Take(8), out ulong value) ? value : 0;

    /// <summary>The next so many bytes, or what there is.</summary>
    internal ReadOnlySpan<byte> Take(int count)
    {
        ReadOnlySpan<byte> taken = _rest[..Math.Min(count, _rest.Length)];
        _rest = _rest[taken.Length..];
        return taken;
    }
}
