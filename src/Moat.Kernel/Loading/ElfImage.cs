// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Kernel.Loading;

/// <summary>What the loader needs of an ELF file, all of it checked.</summary>
/// <remarks>Invariants: at least one segment; segments ascend and their pages lie below the end of guest
/// addresses.</remarks>
public sealed class ElfImage
{
    private readonly ElfSegment[] _segments;

    internal ElfImage(ElfSegment[] segments)
    {
        _segments = segments;
        foreach (ElfSegment segment in segments)
        {
            End = System.Math.Max(End, Memory.AddressSpaceLimits.PageUp(segment.End));
        }
    }

    /// <summary>True for ET_DYN: may be placed anywhere.</summary>
    public required bool IsPositionIndependent { get; init; }

    /// <summary>e_entry, without load bias.</summary>
    public required ulong EntryPoint { get; init; }

    /// <summary>
    /// Address of the program headers in memory, without load bias; 0 when no segment holds them.
    /// </summary>
    public required ulong HeadersAddress { get; init; }

    /// <summary>e_phnum.</summary>
    public required int HeaderCount { get; init; }

    /// <summary>PT_GNU_STACK asks for an executable stack.</summary>
    public required bool HasExecutableStack { get; init; }

    /// <summary>PT_INTERP: path of the program interpreter, without NUL; empty for none.</summary>
    public required byte[] InterpreterPath { get; init; }

    /// <summary>Greatest p_align of a loadable segment that is a power of two; at least a page.</summary>
    public required ulong Alignment { get; init; }

    /// <summary>PT_LOAD segments.</summary>
    public ReadOnlySpan<ElfSegment> Segments => _segments;

    /// <summary>First byte of the first segment, rounded down to a page.</summary>
    public ulong Start => Memory.AddressSpaceLimits.PageDown(Segments[0].Address);

    /// <summary>End of the segment that reaches highest, rounded up to a page.</summary>
    public ulong End { get; }
}
