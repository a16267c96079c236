// SPDX-License-Identifier: Apache-2.0
using System;
using System.Numerics;
using Moat.Base;
using Moat.Host.Shared;

namespace Moat.FileSystems.Tmpfs;

/// <summary>Memory for 64 pages of a file, and which of them have content.</summary>
/// <remarks>
/// Locks: <see cref="Present"/> belongs to the file's lock; the bytes may be copied without it by whoever
/// holds a reference.
/// </remarks>
internal sealed class PageChunk(PagePool pool, PrivateMemory slab, int offset) : RefCounted
{
    internal const int PageSize = 4096;
    internal const int PageCount = 64;
    internal const int Size = PageSize * PageCount;

    /// <summary>Bit n: page n has been written.</summary>
    internal ulong Present { get; private set; }

    /// <summary>How many pages have been written.</summary>
    internal int Pages => BitOperations.PopCount(Present);

    /// <summary>True when somebody copies from or to it without the file's lock.</summary>
    internal bool IsBorrowed => ReferenceCount > 1;

    /// <summary>Some of its bytes; valid while a reference is held.</summary>
    internal Span<byte> Slice(int start, int length) => slab.Slice(offset + start, length);

    /// <summary>Marks the pages that a range touches.</summary>
    internal void MarkPresent(int start, int length) => Present |= PagesOf(start, length);

    /// <summary>How many of the pages that a range touches have no content yet.</summary>
    internal int CountMissing(int start, int length) =>
        BitOperations.PopCount(PagesOf(start, length) & ~Present);

    /// <summary>The bits of the pages that a range, which is not empty, touches.</summary>
    internal static ulong PagesOf(int start, int length)
    {
        int first = start / PageSize;
        int count = (start + length - 1) / PageSize - first + 1;
        return ulong.MaxValue >> (PageCount - count) << first;
    }

    /// <summary>Takes the first bytes over from another chunk, as far as they are written.</summary>
    internal void CopyFrom(PageChunk other, int length)
    {
        ulong pages = other.Present & PagesOf(0, length);
        for (ulong left = pages; left != 0; left &= left - 1)
        {
            int start = BitOperations.TrailingZeroCount(left) * PageSize;
            int size = Math.Min(PageSize, length - start);
            other.Slice(start, size).CopyTo(Slice(start, size));
        }

        Present |= pages;
    }

    /// <summary>Makes everything from a byte on zero.</summary>
    internal void ClearFrom(int start)
    {
        int wholeFrom = (start + PageSize - 1) & ~(PageSize - 1);
        Slice(start, wholeFrom - start).Clear();
        if (wholeFrom < Size)
        {
            slab.Discard(offset + wholeFrom, Size - wholeFrom);
            Present &= wholeFrom == 0 ? 0 : PagesOf(0, wholeFrom);
        }
    }

    protected override void Destroy()
    {
        if (Present != 0)
        {
            slab.Discard(offset, Size);
        }

        pool.GiveBack(slab, offset);
    }
}
