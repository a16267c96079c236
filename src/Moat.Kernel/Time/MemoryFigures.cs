// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Kernel.Time;

/// <summary>What a process has used of the machine beside CPU time (part of struct rusage).</summary>
/// <param name="PeakKb">The most memory that was resident at a time, in KiB.</param>
/// <param name="MinorFaults">Page faults without input.</param>
/// <param name="MajorFaults">Page faults that read.</param>
/// <param name="Switches">How often it slept of its own will.</param>
public readonly record struct MemoryFigures(long PeakKb, long MinorFaults, long MajorFaults, long Switches)
{
    /// <summary>Of both: the larger peak, and the sums of the others.</summary>
    public MemoryFigures With(in MemoryFigures other) => new(Math.Max(PeakKb, other.PeakKb),
        MinorFaults + other.MinorFaults, MajorFaults + other.MajorFaults, Switches + other.Switches);
}
