// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Mman;

namespace Moat.Memory;

/// <summary>One mapping: a page-aligned guest range with equal properties (vm_area_struct).</summary>
/// <remarks>Invariants: immutable; one in an address space holds a reference on its object.</remarks>
public sealed record Vma
{
    public required ulong Start { get; init; }

    /// <summary>First address after it.</summary>
    public required ulong End { get; init; }

    /// <summary>PROT_READ, PROT_WRITE, PROT_EXEC only.</summary>
    public required MemoryProtection Protection { get; init; }

    /// <summary>What mprotect may make of it (VM_MAYREAD ...).</summary>
    public MemoryProtection MaxProtection { get; init; } = MemoryProtection.Access;

    public VmaFlags Flags { get; init; }

    /// <summary>What is mapped; null for private anonymous memory.</summary>
    public MemoryObject? Object { get; init; }

    /// <summary>Offset of <see cref="Start"/> in the object, in bytes; 0 without object.</summary>
    public ulong Offset { get; init; }

    /// <summary>A name of its own for /proc/PID/maps (PR_SET_VMA_ANON_NAME, "[vdso]").</summary>
    public string? Name { get; init; }

    /// <summary>Size in bytes.</summary>
    public ulong Length => End - Start;

    public bool IsShared => (Flags & VmaFlags.Shared) != 0;

    public bool GrowsDown => (Flags & VmaFlags.GrowsDown) != 0;

    public bool IsLocked => (Flags & VmaFlags.Locked) != 0;

    /// <summary>Counts towards RLIMIT_DATA: private, writable, not a stack (is_data_mapping).</summary>
    public bool IsData => (Protection & MemoryProtection.Write) != 0
        && (Flags & (VmaFlags.Shared | VmaFlags.GrowsDown)) == 0;

    public bool Contains(ulong address) => address >= Start && address < End;

    /// <summary>The part between two addresses inside it.</summary>
    internal Vma Slice(ulong start, ulong end) =>
        this with { Start = start, End = end, Offset = Object is null ? 0 : Offset + (start - Start) };

    /// <summary>
    /// True when <paramref name="next"/> continues this one, so that Linux would show one mapping.
    /// </summary>
    internal bool CanMergeWith(Vma next) =>
        End == next.Start && Protection == next.Protection && MaxProtection == next.MaxProtection
            && Flags == next.Flags
        && ReferenceEquals(Object, next.Object) && (Object is null || Offset + Length == next.Offset)
        && Name == next.Name;
}
