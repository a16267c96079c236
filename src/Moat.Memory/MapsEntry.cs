// SPDX-License-Identifier: Apache-2.0
namespace Moat.Memory;

/// <summary>A line of /proc/PID/maps.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">First address after it.</param>
/// <param name="Vma">The mapping; null for a range of the platform that guests see ([vdso]).</param>
/// <param name="Name">What stands at the line's end; null for nothing.</param>
/// <param name="IsExecutable">Of a platform's range: shown as r-x rather than r--.</param>
public readonly record struct MapsEntry(
    ulong Start, ulong End, Vma? Vma, string? Name, bool IsExecutable = false);
