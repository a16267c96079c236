// SPDX-License-Identifier: Apache-2.0
using System;
using System.Numerics;
using System.Runtime.InteropServices;
using Moat.Abi;
using Moat.Base;
using Moat.Host;

namespace Moat.Memory;

/// <summary>Unpredictable bytes from the host's getrandom(2), without a cryptography library.</summary>
public static unsafe class SecureRandom
{
    /// <summary>Fills a buffer.</summary>
    public static void Fill(Span<byte> buffer)
    {
        // SAFETY: the buffer is pinned while the host writes at most its length.
        fixed (byte* start = buffer)
        {
            for (int done = 0; done < buffer.Length;)
            {
                SysResult got = HostCall.Invoke(
                    SyscallNumber.getrandom, (ulong)(start + done), (ulong)(buffer.Length - done));
                if (got.IsError && got.Error != Errno.EINTR)
                {
                    throw new InvalidOperationException($"getrandom: {got.Error}");
                }

                done += got.IsError ? 0 : (int)got.Raw;
            }
        }
    }

    /// <summary>A number below a bound that is a power of two or small against 2^64.</summary>
    public static ulong Next(ulong bound)
    {
        ulong value = 0;
        Fill(MemoryMarshal.AsBytes(new Span<ulong>(ref value)));
        return BitOperations.IsPow2(bound) ? value & (bound - 1) : value % bound;
    }
}
