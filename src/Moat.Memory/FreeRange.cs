// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Memory;

/// <summary>Finds unmapped addresses, as Linux's get_unmapped_area does.</summary>
internal static class FreeRange
{
    private const ulong HugePage = 2UL << 20;
    private const ulong Low32Start = 0x4000_0000;
    private const ulong Low32End = 0x8000_0000;

    /// <summary>True when nothing of the range is mapped or reserved, or too near below a stack.</summary>
    public static bool IsFree(VmaSet vmas, ReadOnlySpan<ReservedRange> reserved, ulong start, ulong end)
    {
        int index = vmas.IndexEndingAfter(start);
        return (index == vmas.Count || GuardedStart(vmas[index]) >= end) && !IsReserved(reserved, start, end);
    }

    public static bool IsReserved(ReadOnlySpan<ReservedRange> reserved, ulong start, ulong end)
    {
        foreach (ReservedRange range in reserved)
        {
            if (range.Start < end && start < range.End)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The highest free range below the base; when there is none, the lowest one above it. 0 when all is
    /// full.
    /// </summary>
    public static ulong Find(VmaSet vmas, ReadOnlySpan<ReservedRange> reserved, ulong mmapBase, ulong length)
    {
        ulong align = length >= HugePage && length % HugePage == 0 ? HugePage : AddressSpaceLimits.PageSize;
        ulong found = FindDown(vmas, reserved, AddressSpaceLimits.MinAddress, mmapBase, length, align);
        if (found == 0 && align == HugePage)
        {
            found = FindDown(
                vmas, reserved, AddressSpaceLimits.MinAddress, mmapBase, length, AddressSpaceLimits.PageSize);
        }

        return found != 0 ? found : FindUp(vmas, reserved, mmapBase, AddressSpaceLimits.Top, length);
    }

    /// <summary>A free range for MAP_32BIT: in the second gigabyte.</summary>
    public static ulong FindLow32(VmaSet vmas, ReadOnlySpan<ReservedRange> reserved, ulong length) =>
        FindUp(vmas, reserved, Low32Start, Low32End, length);

    private static ulong FindDown(
        VmaSet vmas, ReadOnlySpan<ReservedRange> reserved, ulong bottom, ulong top, ulong length, ulong align)
    {
        int next = vmas.IndexEndingAfter(top);
        ulong high = next < vmas.Count ? Math.Min(top, GuardedStart(vmas[next])) : top;
        for (int i = next - 1; ; i--)
        {
            ulong low = Math.Max(bottom, i >= 0 ? vmas[i].End : 0);
            while (high > low && high - low >= length)
            {
                ulong start = (high - length) & ~(align - 1);
                if (start < low)
                {
                    break;
                }

                if (!Overlapping(reserved, start, start + length, out ReservedRange blocked))
                {
                    return start;
                }

                high = blocked.Start;
            }

            if (i < 0 || vmas[i].End <= bottom)
            {
                return 0;
            }

            high = Math.Min(high, GuardedStart(vmas[i]));
        }
    }

    private static ulong FindUp(
        VmaSet vmas, ReadOnlySpan<ReservedRange> reserved, ulong bottom, ulong top, ulong length)
    {
        ulong low = bottom;
        for (int i = vmas.IndexEndingAfter(bottom); ; i++)
        {
            ulong high = i < vmas.Count ? Math.Min(top, GuardedStart(vmas[i])) : top;
            while (high > low && high - low >= length)
            {
                if (!Overlapping(reserved, low, low + length, out ReservedRange blocked))
                {
                    return low;
                }

                low = blocked.End;
            }

            if (i == vmas.Count || vmas[i].End >= top)
            {
                return 0;
            }

            low = Math.Max(low, vmas[i].End);
        }
    }

    private static ulong GuardedStart(Vma vma)
    {
        ulong gap = vma.GrowsDown ? AddressSpaceLimits.StackGuardGap : 0;
        return vma.Start > gap ? vma.Start - gap : 0;
    }

    private static bool Overlapping(
        ReadOnlySpan<ReservedRange> reserved, ulong start, ulong end, out ReservedRange blocked)
    {
        foreach (ReservedRange range in reserved)
        {
            if (range.Start < end && start < range.End)
            {
                blocked = range;
                return true;
            }
        }

        blocked = default;
        return false;
    }
}
