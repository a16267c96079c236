// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using Moat.Host;

namespace Moat.Platform;

/// <summary>How long spins are, in pause instructions and in time stamp counts, measured once.</summary>
internal static class SpinBudget
{
    private const int LongestUs = 60;
    private const int ShortUs = 10;
    private const int DenseUs = 15;

    /// <summary>Pauses of the longest spin, about 60 us; 1 on a single-processor machine.</summary>
    internal static readonly int Iterations;

    /// <summary>Pauses of a spin while others want the CPUs, about 10 us.</summary>
    internal static readonly int Short;

    /// <summary>Time stamp counts of the longest spin.</summary>
    internal static readonly ulong LongestGap;

    /// <summary>Time stamp counts between calls so close that they gain by spinning, about 15 us.</summary>
    internal static readonly ulong DenseGap;

    static SpinBudget()
    {
        const int Sample = 256;
        long nanoseconds = long.MaxValue;
        ulong counts = ulong.MaxValue;
        for (int round = 0; round < 4; round++)
        {
            long start = Stopwatch.GetTimestamp();
            ulong startCount = HostCall.TimeStamp();
            for (int i = 0; i < Sample; i++)
            {
                X86Base.Pause();
            }

            counts = Math.Min(counts, HostCall.TimeStamp() - startCount);
            nanoseconds = Math.Min(nanoseconds, Stopwatch.GetTimestamp() - start);
        }

        nanoseconds = Math.Max(nanoseconds * (1_000_000_000 / Stopwatch.Frequency), 1);
        long pauses = Math.Clamp(1000L * Sample / nanoseconds, 2, 500);
        ulong countsPerUs = Math.Clamp(1000 * counts / (ulong)nanoseconds, 100, 10_000);
        Iterations = Environment.ProcessorCount < 2 ? 1 : (int)pauses * LongestUs;
        Short = Math.Max(Iterations * ShortUs / LongestUs, 1);
        LongestGap = countsPerUs * LongestUs;
        DenseGap = countsPerUs * DenseUs;
    }
}
