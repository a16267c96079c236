// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Mman;
using static Moat.Memory.AddressSpaceLimits;

namespace Moat.Memory;

/// <summary>madvise(2) on an address space whose lock is held: the host's own, mapping by mapping.</summary>
internal static class AdviseOperation
{
    public static Errno RunLocked(
        AddressSpace space, IMemoryOrders orders, ulong address, ulong length, MemoryAdvice advice)
    {
        if (!IsKnown(advice) || !IsPageAligned(address))
        {
            return Errno.EINVAL;
        }

        ulong bytes = PageUp(length);
        if ((length != 0 && bytes == 0) || address + bytes < address)
        {
            return Errno.EINVAL;
        }

        if (advice is MemoryAdvice.HwPoison or MemoryAdvice.SoftOffline)
        {
            return Errno.EPERM;
        }

        return bytes == 0 ? Errno.Success : ApplyLocked(space, orders, address, address + bytes, advice);
    }

    private static bool IsKnown(MemoryAdvice advice) =>
        advice is (>= MemoryAdvice.Normal and <= MemoryAdvice.DontNeed)
            or (>= MemoryAdvice.Free and <= MemoryAdvice.Collapse)
            or (>= MemoryAdvice.HwPoison and <= MemoryAdvice.GuardRemove);

    /// <summary>
    /// Advises run after run of touching mappings; holes make the result ENOMEM at the end, as on Linux.
    /// </summary>
    private static Errno ApplyLocked(
        AddressSpace space, IMemoryOrders orders, ulong start, ulong end, MemoryAdvice advice)
    {
        VmaSet vmas = space.Vmas;
        Errno result = Errno.Success;
        ulong at = start;
        for (int i = vmas.IndexEndingAfter(start); at < end && i < vmas.Count && vmas[i].Start < end;)
        {
            if (vmas[i].Start > at)
            {
                result = Errno.ENOMEM;
            }

            ulong low = Math.Max(vmas[i].Start, start);
            ulong high = Math.Min(vmas[i].End, end);
            for (i++; i < vmas.Count && vmas[i].Start == high && high < end; i++)
            {
                high = Math.Min(vmas[i].End, end);
            }

            MemoryOrder order = MemoryOrders.Advise(low, high, advice);
            if (!orders.Execute(new(in order)).TryGet(out _, out Errno error))
            {
                return error;
            }

            NoteLocked(vmas, low, high, advice);
            at = high;
            i = vmas.IndexEndingAfter(high);
        }

        return at < end ? Errno.ENOMEM : result;
    }

    private static void NoteLocked(VmaSet vmas, ulong start, ulong end, MemoryAdvice advice)
    {
        (VmaFlags set, VmaFlags clear) = advice switch
        {
            MemoryAdvice.Normal => (VmaFlags.None, VmaFlags.RandomRead | VmaFlags.SequentialRead),
            MemoryAdvice.Random => (VmaFlags.RandomRead, VmaFlags.SequentialRead),
            MemoryAdvice.Sequential => (VmaFlags.SequentialRead, VmaFlags.RandomRead),
            MemoryAdvice.DontFork => (VmaFlags.DontFork, VmaFlags.None),
            MemoryAdvice.DoFork => (VmaFlags.None, VmaFlags.DontFork),
            MemoryAdvice.Mergeable => (VmaFlags.Mergeable, VmaFlags.None),
            MemoryAdvice.Unmergeable => (VmaFlags.None, VmaFlags.Mergeable),
            MemoryAdvice.HugePage => (VmaFlags.HugePage, VmaFlags.NoHugePage),
            MemoryAdvice.NoHugePage => (VmaFlags.NoHugePage, VmaFlags.HugePage),
            MemoryAdvice.DontDump => (VmaFlags.DontDump, VmaFlags.None),
            MemoryAdvice.DoDump => (VmaFlags.None, VmaFlags.DontDump),
            MemoryAdvice.WipeOnFork => (VmaFlags.WipeOnFork, VmaFlags.None),
            MemoryAdvice.KeepOnFork => (VmaFlags.None, VmaFlags.WipeOnFork),
            _ => (VmaFlags.None, VmaFlags.None),
        };
        if ((set | clear) != 0)
        {
            vmas.Update(start, end, (set, clear), static (change, vma) =>
                vma with { Flags = (vma.Flags & ~change.clear) | change.set });
        }
    }
}
