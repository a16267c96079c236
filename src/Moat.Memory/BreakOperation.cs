// SPDX-License-Identifier: Apache-2.0
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Mman;
using static Moat.Memory.AddressSpaceLimits;

namespace Moat.Memory;

/// <summary>brk(2) on an address space whose lock is held.</summary>
internal static class BreakOperation
{
    private const MemoryProtection HeapProtection = MemoryProtection.Read | MemoryProtection.Write;

    public static ulong RunLocked(
        AddressSpace space, IMemoryOrders orders, ulong address, ref List<MemoryObject>? released)
    {
        ulong current = space.BreakEnd;
        if (address < space.BreakStart || address > Top - PageSize)
        {
            return current;
        }

        ProgramLayout program = space.ProgramLocked;
        if (!FitsData(space, address - space.BreakStart, program.EndData - program.StartData))
        {
            return current;
        }

        ulong oldEnd = PageUp(current);
        ulong newEnd = PageUp(address);
        bool done = newEnd == oldEnd
            || (newEnd < oldEnd
                ? UnmapOperation.RunLocked(space, orders, newEnd, oldEnd, ref released) == Errno.Success
                : GrowLocked(space, orders, oldEnd, newEnd));
        if (!done)
        {
            return current;
        }

        space.BreakEnd = address;
        return address;
    }

    private static bool FitsData(AddressSpace space, ulong heap, ulong data) =>
        space.DataLimit == Unlimited || (heap <= space.DataLimit && data <= space.DataLimit - heap);

    private static bool GrowLocked(AddressSpace space, IMemoryOrders orders, ulong start, ulong end)
    {
        // One page is kept free above the heap, as Linux does.
        if (!FreeRange.IsFree(space.Vmas, space.Reserved, start, end + PageSize)
            || !space.MayMapLocked(end - start, end - start) || space.Vmas.Count >= space.MaxMapCount)
        {
            return false;
        }

        MemoryOrder order = MemoryOrders.MapAnonymous(start, end - start, HeapProtection, MapFlags.Private);
        if (!orders.Execute(new(in order)).IsOk)
        {
            return false;
        }

        var vma = new Vma { Start = start, End = end, Protection = HeapProtection,
            Flags = space.FutureLock | VmaFlags.Accounted };
        space.Vmas.Insert(vma);
        space.NotePeakLocked();
        if (vma.IsLocked)
        {
            LockOperation.PopulateLocked(orders, start, end, vma.Flags);
        }

        return true;
    }
}
