// SPDX-License-Identifier: Apache-2.0
using System;
using System.Diagnostics;
using System.Runtime.Intrinsics.X86;

namespace Moat.Platform;

/// <summary>How many pause instructions make up the longest spin (about 40 us), measured once.</summary>
internal static class SpinBudget
{
    private const long LongestSpinNs = 40_000;

    /// <summary>Pauses per spin; 0 on a single-processor machine.</summary>
    internal static readonly int Iterations = Measure();

    private static int Measure()
    {
        if (Environment.ProcessorCount < 2)
        {
            return 1;
        }

        const int Sample = 256;
        long best = long.MaxValue;
        for (int round = 0; round < 4; round++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Sample; i++)
            {
                X86Base.Pause();
            }

            best = Math.Min(best, Stopwatch.GetTimestamp() - start);
        }

        return (int)Math.Clamp(LongestSpinNs * Sample / Math.Max(best, 1), 100, 20_000);
    }
}
