// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Mman;
using static Moat.Memory.AddressSpaceLimits;

namespace Moat.Memory;

/// <summary>
/// Growth of a MAP_GROWSDOWN mapping on a fault below it, on an address space whose lock is held.
/// </summary>
internal static class GrowDownOperation
{
    public static bool RunLocked(AddressSpace space, IMemoryOrders orders, ulong address)
    {
        ulong start = PageDown(address);
        int index = space.Vmas.IndexEndingAfter(address);
        if (start < MinAddress || index == space.Vmas.Count)
        {
            return false;
        }

        Vma vma = space.Vmas[index];
        if (!vma.GrowsDown || vma.Object is not null || vma.Start <= address
            || vma.End - start > space.StackLimit || FreeRange.IsReserved(space.Reserved, start, vma.Start))
        {
            return false;
        }

        // The guard gap to whatever lies below must stay.
        if (index > 0 && !space.Vmas[index - 1].GrowsDown && space.Vmas[index - 1].Protection != 0
            && start - space.Vmas[index - 1].End < StackGuardGap)
        {
            return false;
        }

        if (!space.MayMapLocked(vma.Start - start, 0))
        {
            return false;
        }

        MemoryOrder order = MemoryOrders.Map(
            start, vma.Start - start, vma.Protection, MapFlags.Private | MapFlags.NoReserve, null, 0);
        if (!orders.Execute(new(in order)).IsOk)
        {
            return false;
        }

        space.Vmas.Insert(vma with { End = vma.Start, Start = start });
        space.NotePeakLocked();
        return true;
    }
}
