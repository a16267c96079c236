// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Bench;

/// <summary>The values of one row under one target, one per round.</summary>
internal sealed class Sample
{
    public List<double> Values { get; } = [];

    public string? Failure { get; set; }

    /// <summary>The middle value; NaN when there is none.</summary>
    public double Median()
    {
        if (Values.Count == 0)
        {
            return double.NaN;
        }
        List<double> sorted = [.. Values];
        sorted.Sort();
        int middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
