// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers;
using Moat.Base;

namespace Moat.Syscalls.Transfer;

/// <summary>
/// Kernel memory that a call's bytes pass through on their way between a file and guest memory.
/// </summary>
/// <remarks>Later it may be the call's own window, where the thread area has one of the right size.</remarks>
public readonly ref struct StagingBuffer
{
    /// <summary>The largest piece that is moved at once.</summary>
    public const int ChunkSize = 65536;

    /// <summary>The longest single message of sockets that keep messages apart.</summary>
    public const int MaximumMessage = 1 << 20;

    private const int SmallSize = 4096;

    // Scratch only: nothing in it outlives one attempt of a call.
    [ThreadStatic]
    private static byte[]? s_small;

    private readonly byte[]? _rented;

    /// <summary>Takes a buffer for so many bytes, at most <see cref="MaximumMessage"/>.</summary>
    public StagingBuffer(int length)
    {
        byte[] array;
        if (length <= SmallSize)
        {
            array = s_small ?? new byte[SmallSize];
            s_small = null;
        }
        else
        {
            array = length <= ScratchBuffers.Size
                ? ScratchBuffers.Take() : ArrayPool<byte>.Shared.Rent(length);
        }

        _rented = array;
        Span = array.AsSpan(0, length);
    }

    /// <summary>The bytes: whatever an earlier call left in them.</summary>
    public Span<byte> Span { get; }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_rented is null)
        {
            return;
        }

        if (_rented.Length == SmallSize)
        {
            s_small = _rented;
        }
        else if (Span.Length <= ScratchBuffers.Size)
        {
            ScratchBuffers.Return(_rented);
        }
        else
        {
            ArrayPool<byte>.Shared.Return(_rented);
        }
    }
}
