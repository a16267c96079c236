// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Mman;
using static Moat.Memory.AddressSpaceLimits;

namespace Moat.Memory;

/// <summary>mprotect(2) on an address space whose lock is held.</summary>
internal static class ProtectOperation
{
    private const MemoryProtection Grows = MemoryProtection.GrowsDown | MemoryProtection.GrowsUp;
    private const MemoryProtection Known = MemoryProtection.Access | MemoryProtection.Atomic;

    public static Errno RunLocked(
        AddressSpace space, IMemoryOrders orders, ulong address, ulong length, MemoryProtection protection)
    {
        MemoryProtection grows = protection & Grows;
        protection &= ~Grows;
        if (grows == Grows || !IsPageAligned(address))
        {
            return Errno.EINVAL;
        }

        if (length == 0)
        {
            return Errno.Success;
        }

        ulong bytes = PageUp(length);
        if (bytes == 0 || address + bytes <= address)
        {
            return Errno.ENOMEM;
        }

        if ((protection & ~Known) != 0)
        {
            return Errno.EINVAL;
        }

        ulong end = address + bytes;
        if (grows != 0)
        {
            int index = space.Vmas.IndexEndingAfter(address);
            if (index == space.Vmas.Count || space.Vmas[index].Start >= end)
            {
                return Errno.ENOMEM;
            }

            if ((grows & MemoryProtection.GrowsUp) != 0 || !space.Vmas[index].GrowsDown)
            {
                return Errno.EINVAL;
            }

            address = space.Vmas[index].Start;
        }

        return ApplyLocked(space, orders, address, end, protection & MemoryProtection.Access);
    }

    /// <summary>
    /// Protects as far as Linux gets before the first hole or refusal, and returns the error of that.
    /// </summary>
    private static Errno ApplyLocked(
        AddressSpace space, IMemoryOrders orders, ulong start, ulong end, MemoryProtection protection)
    {
        VmaSet vmas = space.Vmas;
        Errno stopped = Errno.Success;
        ulong reach = start;
        ulong newData = 0;
        for (int i = vmas.IndexEndingAfter(start); reach < end; i++)
        {
            if (i == vmas.Count || vmas[i].Start > reach)
            {
                stopped = Errno.ENOMEM;
                break;
            }

            Vma vma = vmas[i];
            if ((protection & ~vma.MaxProtection) != 0)
            {
                stopped = Errno.EACCES;
                break;
            }

            ulong high = Math.Min(vma.End, end);
            newData += !vma.IsData && (vma with { Protection = protection }).IsData ? high - reach : 0;
            if (newData != 0 && !space.MayMapLocked(0, newData))
            {
                stopped = Errno.ENOMEM;
                break;
            }

            reach = high;
        }

        if (reach == start)
        {
            return stopped;
        }

        if (vmas.Count + 2 > space.MaxMapCount)
        {
            return Errno.ENOMEM;
        }

        MemoryOrder order = MemoryOrders.Protect(start, reach, protection);
        if (!orders.Execute(new(in order)).TryGet(out _, out Errno error))
        {
            return error;
        }

        vmas.Update(start, reach, protection, Changed);
        return stopped;
    }

    private static Vma Changed(MemoryProtection wanted, Vma vma)
    {
        bool becomesAccounted = (wanted & MemoryProtection.Write) != 0
            && (vma.Flags & (VmaFlags.Shared | VmaFlags.NoReserve)) == 0;
        return vma with
        {
            Protection = wanted,
            Flags = vma.Flags | (becomesAccounted ? VmaFlags.Accounted : VmaFlags.None),
        };
    }
}
