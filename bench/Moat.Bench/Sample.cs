// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;

namespace Moat.Bench;

/// <summary>The values of one row under one target, one per round.</summary>
internal sealed class Sample
{
    /// <summary>Wall-clock time (or memory), in the row's unit.</summary>
    public List<double> Values { get; } = [];

    /// <summary>User and system time of all processes, per operation, in the row's unit.</summary>
    public List<double> Cpu { get; } = [];

    /// <summary>Why there is no figure, or why a round is missing.</summary>
    public string? Failure { get; set; }

    /// <summary>Whether it failed so often that it is not tried again.</summary>
    public bool IsGivenUp { get; private set; }

    /// <summary>Notes how a round went: null when it went well.</summary>
    public void Note(string? failure)
    {
        IsGivenUp = failure != null && Failure != null;
        Failure = failure ?? Failure;
    }

    /// <summary>The middle value; NaN when there is none.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
        {
            return double.NaN;
        }
        List<double> sorted = [.. values];
        sorted.Sort();
        int middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
