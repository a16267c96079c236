// SPDX-License-Identifier: Apache-2.0
using System;
using System.Threading;

namespace Moat.Base;

/// <summary>
/// Buffers for bytes on their way through the kernel; a few are kept for whoever comes next, so that calls
/// make no garbage.
/// </summary>
/// <remarks>Locks: none; each place is taken and filled by one interlocked exchange.</remarks>
public static class ScratchBuffers
{
    /// <summary>The size of every buffer.</summary>
    public const int Size = 65536;

    private const int Kept = 8;
    private static readonly byte[]?[] s_free = new byte[]?[Kept];

    /// <summary>A buffer with whatever somebody left in it.</summary>
    public static byte[] Take()
    {
        for (int i = 0; i < Kept; i++)
        {
            if (Volatile.Read(ref s_free[i]) is not null
                && Interlocked.Exchange(ref s_free[i], null) is { } buffer)
            {
                return buffer;
            }
        }

        // It lives long and is handed to the host: where the collector never moves it.
        return GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    }

    /// <summary>Gives a buffer back; the caller does not touch it any more.</summary>
    public static void Return(byte[] buffer)
    {
        for (int i = 0; i < Kept; i++)
        {
            if (Volatile.Read(ref s_free[i]) is null
                && Interlocked.CompareExchange(ref s_free[i], buffer, null) is null)
            {
                return;
            }
        }
    }
}
