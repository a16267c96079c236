// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using static Moat.Memory.AddressSpaceLimits;

namespace Moat.Memory;

/// <summary>mmap(2) on an address space whose lock is held.</summary>
internal static class MapOperation
{
    public static Result<ulong> RunLocked(
        AddressSpace space, IMemoryOrders orders, in MapRequest request, ref List<MemoryObject>? released)
    {
        if (request.Length == 0)
        {
            return Errno.EINVAL;
        }

        ulong length = PageUp(request.Length);
        if (length == 0 || length > Top)
        {
            return Errno.ENOMEM;
        }

        if (request.Object is not null && request.Offset + length < request.Offset)
        {
            return Errno.EOVERFLOW;
        }

        if (!ChooseLocked(space, request.Address, length, request.Flags)
            .TryGet(out ulong start, out Errno error))
        {
            return error;
        }

        Vma vma = Describe(space, in request, start, length);
        (ulong oldTotal, ulong oldData, _) = space.Vmas.Measure(start, start + length);
        if (!space.MayMapLocked(length - oldTotal, vma.IsData && length > oldData ? length - oldData : 0)
            || space.Vmas.Count >= space.MaxMapCount)
        {
            return Errno.ENOMEM;
        }

        Span<MemoryOrder> mappings = stackalloc MemoryOrder[MemoryOrders.MostForMap];
        int count = MemoryOrders.Map(
            mappings, start, length, request.Protection, request.Flags, request.Object, request.Offset,
            request.MaxProtection);
        if (!orders.Execute(mappings[..count]).TryGet(out _, out error))
        {
            return error;
        }

        space.Vmas.Remove(start, vma.End, ref released);
        request.Object?.AddReference();
        space.Vmas.Insert(vma);
        space.NotePeakLocked();
        if (vma.IsLocked)
        {
            LockOperation.PopulateLocked(orders, vma.Start, vma.End, vma.Flags);
        }

        return start;
    }

    /// <summary>Maps at fixed addresses, many calls to one exchange with the stub.</summary>
    public static Errno RunAllFixedLocked(AddressSpace space, IMemoryOrders orders,
        ReadOnlySpan<MapRequest> requests,
        ref List<MemoryObject>? released)
    {
        const int Batch = 16;
        Span<MemoryOrder> batch =
            new MemoryOrder[Math.Min(Batch, requests.Length) * MemoryOrders.MostForMap];
        for (int done = 0; done < requests.Length; done += Batch)
        {
            ReadOnlySpan<MapRequest> part = requests.Slice(done, Math.Min(Batch, requests.Length - done));
            int count = 0;
            for (int i = 0; i < part.Length; i++)
            {
                ulong length = PageUp(part[i].Length);
                if (length == 0)
                {
                    return Errno.EINVAL;
                }

                Result<ulong> start =
                    ChooseLocked(space, part[i].Address, length, part[i].Flags | MapFlags.Fixed);
                if (!start.IsOk)
                {
                    return start.Error;
                }

                count += MemoryOrders.Map(
                    batch[count..], start.Value, length, part[i].Protection, part[i].Flags, part[i].Object,
                    part[i].Offset, part[i].MaxProtection);
            }

            Result<ulong> mapped = orders.Execute(batch[..count]);
            if (!mapped.IsOk)
            {
                return mapped.Error;
            }

            foreach (ref readonly MapRequest request in part)
            {
                Vma vma = Describe(space, in request, request.Address, PageUp(request.Length));
                space.Vmas.Remove(vma.Start, vma.End, ref released);
                request.Object?.AddReference();
                space.Vmas.Insert(vma);
            }
        }

        space.NotePeakLocked();
        return space.Vmas.TotalBytes <= space.SizeLimit ? Errno.Success : Errno.ENOMEM;
    }

    /// <summary>Finds the address that a mapping gets; checks a fixed one.</summary>
    internal static Result<ulong> ChooseLocked(AddressSpace space, ulong address, ulong length,
        MapFlags flags)
    {
        if ((flags & (MapFlags.Fixed | MapFlags.FixedNoReplace)) != 0)
        {
            if (length > Top || address > Top - length)
            {
                return Errno.ENOMEM;
            }

            if (!IsPageAligned(address))
            {
                return Errno.EINVAL;
            }

            if (address < MinAddress)
            {
                return Errno.EPERM;
            }

            if ((flags & MapFlags.FixedNoReplace) != 0 && (space.Vmas.Intersects(address, address + length)
                || FreeRange.IsReserved(space.Reserved, address, address + length)))
            {
                return Errno.EEXIST;
            }

            return FreeRange.IsReserved(space.Reserved, address, address + length) ? Errno.ENOMEM : address;
        }

        ulong hint = address == 0 ? 0 : Math.Max(PageDown(address), MinAddress);
        if (hint != 0 && (flags & MapFlags.Map32Bit) == 0 && IsUserRange(hint, length)
            && FreeRange.IsFree(space.Vmas, space.Reserved, hint, hint + length))
        {
            return hint;
        }

        ulong found = (flags & MapFlags.Map32Bit) != 0
            ? FreeRange.FindLow32(space.Vmas, space.Reserved, length)
            : FreeRange.Find(space.Vmas, space.Reserved, space.Layout.MmapBase, length);
        return found != 0 ? found : Errno.ENOMEM;
    }

    private static Vma Describe(AddressSpace space, in MapRequest request, ulong start, ulong length)
    {
        bool shared = (request.Flags & MapFlags.TypeMask) is MapFlags.Shared or MapFlags.SharedValidate;
        VmaFlags flags = space.FutureLock;
        flags |= shared ? VmaFlags.Shared : VmaFlags.None;
        flags |= (request.Flags & MapFlags.GrowsDown) != 0 ? VmaFlags.GrowsDown : VmaFlags.None;
        flags |= (request.Flags & MapFlags.NoReserve) != 0 ? VmaFlags.NoReserve : VmaFlags.None;
        flags |= (request.Flags & MapFlags.Locked) != 0 ? VmaFlags.Locked : VmaFlags.None;
        bool accounted = !shared && (request.Protection & MemoryProtection.Write) != 0
            && (request.Flags & MapFlags.NoReserve) == 0;
        flags |= accounted ? VmaFlags.Accounted : VmaFlags.None;
        return new Vma
        {
            Start = start,
            End = start + length,
            Protection = request.Protection & MemoryProtection.Access,
            MaxProtection = request.MaxProtection,
            Flags = flags,
            Object = request.Object,
            Offset = request.Object is null ? 0 : request.Offset,
            Name = request.Name,
        };
    }
}
