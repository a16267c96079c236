// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace Moat.Kernel.Async;

/// <summary>How many io_uring instances and requests a sandbox may hold, whoever they belong to.</summary>
public sealed class RingLimits
{
    private const int MostRings = 1024;
    private const int MostRequests = 1 << 18;

    private int _rings;
    private int _requests;

    /// <summary>Room for one more instance.</summary>
    public bool TryAddRing() => TryAdd(ref _rings, MostRings);

    public void RemoveRing() => Interlocked.Decrement(ref _rings);

    /// <summary>Room for one more request.</summary>
    public bool TryAddRequest() => TryAdd(ref _requests, MostRequests);

    public void RemoveRequest() => Interlocked.Decrement(ref _requests);

    private static bool TryAdd(ref int count, int most)
    {
        if (Interlocked.Increment(ref count) <= most)
        {
            return true;
        }

        Interlocked.Decrement(ref count);
        return false;
    }
}
