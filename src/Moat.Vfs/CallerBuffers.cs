// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Vfs;

/// <summary>The caller's buffers in one call: a place in them that moves on as bytes are copied.</summary>
/// <remarks>
/// Copying may fault on the caller's memory, and then wait for the host: no inode lock is held.
/// </remarks>
public abstract class CallerBuffers
{
    /// <summary>Copies to the caller and moves on; returns how many bytes went before a fault.</summary>
    public abstract int CopyOut(ReadOnlySpan<byte> source);

    /// <summary>Copies from the caller and moves on; returns how many bytes came before a fault.</summary>
    public abstract int CopyIn(Span<byte> destination);
}
