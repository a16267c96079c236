// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Mman;

namespace Moat.Memory;

/// <summary>What mmap(2) asks for, after the caller has checked the file's side of it.</summary>
public readonly record struct MapRequest
{
    public MapRequest()
    {
    }

    /// <summary>The wanted address or a hint; 0 for any.</summary>
    public ulong Address { get; init; }

    /// <summary>Length in bytes; rounded up to pages.</summary>
    public required ulong Length { get; init; }

    public required MemoryProtection Protection { get; init; }

    /// <summary>
    /// What mprotect may later set; without write for a shared mapping of a file opened read-only.
    /// </summary>
    public MemoryProtection MaxProtection { get; init; } = MemoryProtection.Access;

    /// <summary>
    /// MAP_SHARED or MAP_PRIVATE, MAP_FIXED, MAP_NORESERVE, MAP_POPULATE ...; MAP_ANONYMOUS is implied
    /// without object.
    /// </summary>
    public required MapFlags Flags { get; init; }

    /// <summary>
    /// What to map; null for private anonymous memory. The address space takes a reference of its own.
    /// </summary>
    public MemoryObject? Object { get; init; }

    /// <summary>Offset in the object, in bytes, page-aligned.</summary>
    public ulong Offset { get; init; }

    /// <summary>A name for /proc/PID/maps.</summary>
    public string? Name { get; init; }
}
