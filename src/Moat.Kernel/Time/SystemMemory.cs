// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Kernel.Time;

/// <summary>
/// The sandbox's memory as /proc/meminfo tells it: what is not used inside is free, whatever others on the
/// host do.
/// </summary>
/// <param name="Total">What there is: the machine's, or the limit.</param>
/// <param name="Anonymous">Pages of processes' own (AnonPages).</param>
/// <param name="File">Mapped pages of files: at least so many are cached.</param>
/// <param name="Shared">tmpfs and shared memory (Shmem).</param>
/// <param name="Mapped">Pages of files and shared memory that are mapped (Mapped).</param>
public readonly record struct SystemMemory(long Total, long Anonymous, long File, long Shared, long Mapped)
{
    /// <summary>Cached: files and shared memory.</summary>
    public long Cached => File + Shared;

    /// <summary>MemFree.</summary>
    public long Free => Math.Max(Total - Anonymous - Cached, 0);

    /// <summary>MemAvailable: files' pages can be given up.</summary>
    public long Available => Math.Min(Free + File, Total);
}
