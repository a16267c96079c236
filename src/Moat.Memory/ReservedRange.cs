// SPDX-License-Identifier: Apache-2.0
namespace Moat.Memory;

/// <summary>
/// Guest addresses that belong to the platform: its code, its areas, the vDSO. Never mapped, moved or
/// unmapped.
/// </summary>
/// <param name="Start">First address, page-aligned.</param>
/// <param name="End">First address after it.</param>
/// <param name="Name">Shown in /proc/PID/maps ("[vdso]", "[vvar]"); null hides the range.</param>
/// <param name="IsExecutable">Shown as r-x rather than r--.</param>
public readonly record struct ReservedRange(ulong Start, ulong End, string? Name = null,
    bool IsExecutable = false);
