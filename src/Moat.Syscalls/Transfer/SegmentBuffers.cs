// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Syscalls.Transfer;

/// <summary>The guest buffers of a call, for files that copy from and to them by themselves.</summary>
internal sealed class SegmentBuffers : CallerBuffers
{
    /// <summary>Transfers shorter than this go through a staging buffer, which is as fast.</summary>
    internal const int Worthwhile = 8192;

    // Scratch only: the buffers of the attempt that this thread is in.
    [ThreadStatic]
    private static SegmentBuffers? s_own;

    private UserMemory _memory = null!;
    private GuestSegments _segments;

    /// <summary>True when the guest's memory ended a copy early.</summary>
    internal bool HasFaulted { get; private set; }

    /// <summary>Where the copying has come to.</summary>
    internal ref readonly GuestSegments Segments => ref _segments;

    /// <summary>This thread's own, set to a place in a call's buffers.</summary>
    internal static SegmentBuffers At(UserMemory memory, in GuestSegments segments)
    {
        SegmentBuffers own = s_own ??= new SegmentBuffers();
        own._memory = memory;
        own._segments = segments;
        own.HasFaulted = false;
        return own;
    }

    /// <inheritdoc/>
    public override int CopyOut(ReadOnlySpan<byte> source)
    {
        int copied = _segments.CopyOut(_memory, source);
        HasFaulted |= copied < source.Length;
        return copied;
    }

    /// <inheritdoc/>
    public override int CopyIn(Span<byte> destination)
    {
        int copied = _segments.CopyIn(_memory, destination);
        HasFaulted |= copied < destination.Length;
        return copied;
    }
}
