// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Mman;
using static Moat.Memory.AddressSpaceLimits;

namespace Moat.Memory;

/// <summary>
/// msync(2) and mincore(2) on an address space whose lock is held: the host's own, on what the guest has
/// mapped.
/// </summary>
internal static class SyncOperation
{
    private const SyncFlags Known = SyncFlags.Async | SyncFlags.Invalidate | SyncFlags.Sync;

    public static Errno SyncLocked(
        AddressSpace space, IMemoryOrders orders, ulong address, ulong length, SyncFlags flags)
    {
        if ((flags & ~Known) != 0 || !IsPageAligned(address)
            || (flags & (SyncFlags.Async | SyncFlags.Sync)) == (SyncFlags.Async | SyncFlags.Sync))
        {
            return Errno.EINVAL;
        }

        ulong end = address + PageUp(length);
        if (end < address || (length != 0 && PageUp(length) == 0))
        {
            return Errno.ENOMEM;
        }

        VmaSet vmas = space.Vmas;
        Errno result = Errno.Success;
        ulong at = address;
        for (int i = vmas.IndexEndingAfter(address); at < end && i < vmas.Count && vmas[i].Start < end; i++)
        {
            Vma vma = vmas[i];
            result = vma.Start > at ? Errno.ENOMEM : result;
            if ((flags & SyncFlags.Invalidate) != 0 && vma.IsLocked)
            {
                return Errno.EBUSY;
            }

            ulong low = Math.Max(vma.Start, address);
            at = Math.Min(vma.End, end);
            if ((flags & SyncFlags.Sync) != 0 && vma is { IsShared: true, Object: not null })
            {
                var order = new MemoryOrder(SyscallNumber.msync, low, at - low, (ulong)SyncFlags.Sync);
                if (!orders.Execute(new(in order)).TryGet(out _, out Errno error))
                {
                    return error;
                }
            }
        }

        return at < end ? Errno.ENOMEM : result;
    }

    /// <summary>Has the host write residency bytes straight to the guest's vector.</summary>
    public static Errno ResidencyLocked(
        AddressSpace space, IMemoryOrders orders, ulong address, ulong length, ulong vector)
    {
        if (!IsPageAligned(address))
        {
            return Errno.EINVAL;
        }

        if (!IsUserRange(address, length))
        {
            return Errno.ENOMEM;
        }

        ulong bytes = PageUp(length);
        if (!IsUserRange(vector, bytes / PageSize))
        {
            return Errno.EFAULT;
        }

        // Only over the guest's own mappings: what the platform has mapped is not for it to see.
        ulong end = address + bytes;
        for (ulong at = address; at < end;)
        {
            int index = space.Vmas.IndexEndingAfter(at);
            if (index == space.Vmas.Count || space.Vmas[index].Start > at)
            {
                return Errno.ENOMEM;
            }

            ulong high = Math.Min(space.Vmas[index].End, end);
            var order = new MemoryOrder(
                SyscallNumber.mincore, at, high - at, vector + ((at - address) / PageSize));
            if (!orders.Execute(new(in order)).TryGet(out _, out Errno error))
            {
                return error;
            }

            at = high;
        }

        return Errno.Success;
    }
}
