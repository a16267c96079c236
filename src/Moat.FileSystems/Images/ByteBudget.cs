// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace Moat.FileSystems.Images;

/// <summary>Bytes of host memory that an image's files may take.</summary>
public sealed class ByteBudget
{
    private long _left;

    /// <summary>A budget of so many bytes.</summary>
    public ByteBudget(long bytes) => _left = bytes;

    /// <summary>What is left.</summary>
    public long Left => Volatile.Read(ref _left);

    /// <summary>Takes some; false when so many are not left.</summary>
    public bool TryTake(long bytes)
    {
        long seen = Volatile.Read(ref _left);
        while (bytes <= seen)
        {
            long now = Interlocked.CompareExchange(ref _left, seen - bytes, seen);
            if (now == seen)
            {
                return true;
            }

            seen = now;
        }

        return false;
    }

    /// <summary>Gives some back.</summary>
    public void GiveBack(long bytes) => Interlocked.Add(ref _left, bytes);
}
