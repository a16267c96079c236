// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Base;

namespace Moat.Memory;

/// <summary>munmap(2) on an address space whose lock is held.</summary>
internal static class UnmapOperation
{
    public static Errno RunLocked(
        AddressSpace space, IMemoryOrders orders, ulong start, ulong end, ref List<MemoryObject>? released)
    {
        VmaSet vmas = space.Vmas;
        int index = vmas.IndexEndingAfter(start);
        if (index == vmas.Count || vmas[index].Start >= end)
        {
            return Errno.Success;
        }

        // A hole punched into one mapping makes two of it.
        if (vmas[index].Start < start && vmas[index].End > end && vmas.Count >= space.MaxMapCount)
        {
            return Errno.ENOMEM;
        }

        if (!FreeRange.IsReserved(space.Reserved, start, end))
        {
            return UnmapRun(vmas, orders, start, end, ref released);
        }

        // Around the platform's ranges: only what the guest has mapped itself.
        for (ulong at = start; at < end;)
        {
            index = vmas.IndexEndingAfter(at);
            if (index == vmas.Count || vmas[index].Start >= end)
            {
                break;
            }

            ulong low = Math.Max(at, vmas[index].Start);
            ulong high = Math.Min(end, vmas[index].End);
            Errno error = UnmapRun(vmas, orders, low, high, ref released);
            if (error != Errno.Success)
            {
                return error;
            }

            at = high;
        }

        return Errno.Success;
    }

    /// <summary>Unmaps each part of the attachment that began at an address.</summary>
    public static Result<MemoryObject> DetachLocked(
        AddressSpace space, IMemoryOrders orders, ulong address, ref List<MemoryObject>? released)
    {
        VmaSet vmas = space.Vmas;
        MemoryObject? segment = null;
        ulong end = ulong.MaxValue;
        for (int i = vmas.IndexEndingAfter(address); i < vmas.Count && vmas[i].Start < end;)
        {
            Vma vma = vmas[i];
            bool isPart = vma.Object is { AttachmentBytes: > 0 } && vma.Start - address == vma.Offset
                && (segment is null || ReferenceEquals(segment, vma.Object));
            if (!isPart)
            {
                i++;
                continue;
            }

            if (segment is null)
            {
                segment = vma.Object!;
                segment.AddReference();
                end = address + segment.AttachmentBytes;
            }

            Errno error = UnmapRun(vmas, orders, vma.Start, vma.End, ref released);
            if (error != Errno.Success)
            {
                (released ??= []).Add(segment);
                return error;
            }
        }

        return segment is null ? Errno.EINVAL : segment;
    }

    private static Errno UnmapRun(
        VmaSet vmas, IMemoryOrders orders, ulong start, ulong end, ref List<MemoryObject>? released)
    {
        MemoryOrder order = MemoryOrders.Unmap(start, end);
        if (!orders.Execute(new(in order)).TryGet(out _, out Errno error))
        {
            return error;
        }

        vmas.Remove(start, end, ref released);
        return Errno.Success;
    }
}
