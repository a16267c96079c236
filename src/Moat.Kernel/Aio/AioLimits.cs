// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;

namespace Moat.Kernel.Aio;

/// <summary>
/// How many AIO requests all contexts of a sandbox have room for (fs.aio-nr, fs.aio-max-nr).
/// </summary>
/// <remarks>Locks: its own, a leaf.</remarks>
public sealed class AioLimits
{
    private const long HardMaximum = 1 << 20;

    // Each is a memfd and a mapping of the kernel process.
    private const int MostContexts = 1024;

    private readonly RankedLock _lock = new(LockRank.Leaf);
    private long _maximum = 65536;
    private int _contexts;

    /// <summary>aio-nr.</summary>
    public long Used { get; private set; }

    /// <summary>aio-max-nr, as set; what holds is never more than a million.</summary>
    public long Maximum
    {
        get => _maximum;
        set => _maximum = value;
    }

    /// <summary>Takes room for a context: EAGAIN.</summary>
    internal Errno Take(uint requests)
    {
        using (_lock.Enter())
        {
            if (Used + requests > Math.Min(_maximum, HardMaximum) || _contexts == MostContexts)
            {
                return Errno.EAGAIN;
            }

            _contexts++;
            Used += requests;
            return Errno.Success;
        }
    }

    internal void Return(uint requests)
    {
        using (_lock.Enter())
        {
            _contexts--;
            Used -= requests;
        }
    }
}
