// SPDX-License-Identifier: Apache-2.0
using System.Threading;

namespace Moat.Kernel.Async;

/// <summary>How much of io_uring a sandbox may hold, whoever it belongs to.</summary>
public sealed class RingLimits
{
    private const int MostRings = 1024;
    private const int MostRequests = 1 << 18;
    private const int MostEntries = 1 << 20;

    private int _rings;
    private int _requests;
    private int _entries;

    /// <summary>Room for one more instance.</summary>
    public bool TryAddRing() => TryAdd(ref _rings, 1, MostRings);

    public void RemoveRing() => Interlocked.Decrement(ref _rings);

    /// <summary>Room for one more request.</summary>
    public bool TryAddRequest() => TryAdd(ref _requests, 1, MostRequests);

    public void RemoveRequest() => Interlocked.Decrement(ref _requests);

    /// <summary>Room for registered files and buffers, and for completions that wait for room.</summary>
    public bool TryAddEntries(int count) => TryAdd(ref _entries, count, MostEntries);

    public void RemoveEntries(int count) => Interlocked.Add(ref _entries, -count);

    private static bool TryAdd(ref int count, int added, int most)
    {
        if (Interlocked.Add(ref count, added) <= most)
        {
            return true;
        }

        Interlocked.Add(ref count, -added);
        return false;
    }
}
