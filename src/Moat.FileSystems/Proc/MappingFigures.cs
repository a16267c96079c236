// SPDX-License-Identifier: Apache-2.0
using System;
using System.Runtime.CompilerServices;

namespace Moat.FileSystems.Proc;

/// <summary>What is resident of a mapping, in KiB, one number per <see cref="MappingFigure"/>.</summary>
internal struct MappingFigures
{
    /// <summary>How many numbers there are.</summary>
    internal const int Count = (int)MappingFigure.Locked + 1;

    private Numbers _numbers;

    /// <summary>One of them.</summary>
    internal long this[MappingFigure figure]
    {
        readonly get => _numbers[(int)figure];
        set => _numbers[(int)figure] = value;
    }

    /// <summary>The same by its place.</summary>
    internal long this[int figure]
    {
        readonly get => _numbers[figure];
        set => _numbers[figure] = value;
    }

    /// <summary>The name of one, with its colon.</summary>
    internal static ReadOnlySpan<byte> NameOf(int figure) => (MappingFigure)figure switch
    {
        MappingFigure.Rss => "Rss:"u8,
        MappingFigure.Pss => "Pss:"u8,
        MappingFigure.PssDirty => "Pss_Dirty:"u8,
        MappingFigure.SharedClean => "Shared_Clean:"u8,
        MappingFigure.SharedDirty => "Shared_Dirty:"u8,
        MappingFigure.PrivateClean => "Private_Clean:"u8,
        MappingFigure.PrivateDirty => "Private_Dirty:"u8,
        MappingFigure.Referenced => "Referenced:"u8,
        MappingFigure.Anonymous => "Anonymous:"u8,
        MappingFigure.Ksm => "KSM:"u8,
        MappingFigure.LazyFree => "LazyFree:"u8,
        MappingFigure.AnonHugePages => "AnonHugePages:"u8,
        MappingFigure.ShmemPmdMapped => "ShmemPmdMapped:"u8,
        MappingFigure.FilePmdMapped => "FilePmdMapped:"u8,
        MappingFigure.SharedHugetlb => "Shared_Hugetlb:"u8,
        MappingFigure.PrivateHugetlb => "Private_Hugetlb:"u8,
        MappingFigure.Swap => "Swap:"u8,
        MappingFigure.SwapPss => "SwapPss:"u8,
        _ => "Locked:"u8,
    };

    /// <summary>Adds those of another mapping.</summary>
    internal void Add(in MappingFigures other)
    {
        for (int i = 0; i < Count; i++)
        {
            this[i] += other[i];
        }
    }

    /// <summary>Adds a part of those of another mapping, which is cut at the edges of this one.</summary>
    internal void AddShare(in MappingFigures other, ulong part, ulong whole)
    {
        for (int i = 0; i < Count; i++)
        {
            this[i] += part == whole ? other[i] : (long)((double)other[i] * part / whole);
        }
    }

    [InlineArray(Count)]
    private struct Numbers
    {
        private long _first;
    }
}
