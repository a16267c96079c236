// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Mman;
using static Moat.Memory.AddressSpaceLimits;

namespace Moat.Memory;

/// <summary>
/// Growth of a MAP_GROWSDOWN mapping on a fault below it, on an address space whose lock is held.
/// </summary>
internal static class GrowDownOperation
{
    /// <summary>
    /// A stack grows by so much at a time when there is room: a fault costs more than a page.
    /// </summary>
    private const ulong Chunk = 32 * PageSize;

    /// <summary>
    /// After RLIMIT_STACK was lowered: unmaps what the main stack may no longer grow into. What lies above
    /// the stack pointer stays, whatever the limit is, as it does on Linux.
    /// </summary>
    public static void TrimLocked(AddressSpace space, IMemoryOrders orders, ulong stackPointer)
    {
        Vma? stack = space.Vmas.Find(space.ProgramLocked.StartStack);
        if (stack is null || !stack.GrowsDown || !stack.Contains(stackPointer)
            || space.StackLimit >= stack.Length)
        {
            return;
        }

        ulong allowed = stack.End - PageUp(space.StackLimit);
        ulong used = PageDown(stackPointer) - Chunk;
        ulong start = System.Math.Min(allowed, used);
        if (start > stack.Start && start < stack.End)
        {
            System.Collections.Generic.List<MemoryObject>? released = null;
            _ = UnmapOperation.RunLocked(space, orders, stack.Start, start, ref released);
        }
    }

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

        ulong further = start & ~(Chunk - 1);
        if (further >= MinAddress && vma.End - further <= space.StackLimit
            && !FreeRange.IsReserved(space.Reserved, further, vma.Start)
            && (index == 0 || (further > space.Vmas[index - 1].End
                && further - space.Vmas[index - 1].End >= StackGuardGap)))
        {
            start = further;
        }

        if (!space.MayMapLocked(vma.Start - start, 0))
        {
            return false;
        }

        MemoryOrder order = MemoryOrders.MapAnonymous(
            start, vma.Start - start, vma.Protection, MapFlags.Private | MapFlags.NoReserve);
        if (!orders.Execute(new(in order)).IsOk)
        {
            return false;
        }

        space.Vmas.Insert(vma with { End = vma.Start, Start = start });
        space.NotePeakLocked();
        return true;
    }
}
