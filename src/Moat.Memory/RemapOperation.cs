// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using static Moat.Memory.AddressSpaceLimits;

namespace Moat.Memory;

/// <summary>mremap(2) on an address space whose lock is held.</summary>
internal static class RemapOperation
{
    private const RemapFlags Known = RemapFlags.MayMove | RemapFlags.Fixed | RemapFlags.DontUnmap;

    public static Result<ulong> RunLocked(
        AddressSpace space, IMemoryOrders orders, in RemapRequest request, ref List<MemoryObject>? released)
    {
        ulong oldLength = PageUp(request.OldLength);
        ulong newLength = PageUp(request.NewLength);
        bool mayMove = (request.Flags & RemapFlags.MayMove) != 0;
        bool isFixed = (request.Flags & RemapFlags.Fixed) != 0;
        bool dontUnmap = (request.Flags & RemapFlags.DontUnmap) != 0;
        if ((request.Flags & ~Known) != 0 || (isFixed && !mayMove)
            || (dontUnmap && (!mayMove || oldLength != newLength))
            || !IsPageAligned(request.Address) || newLength == 0 || newLength > Top)
        {
            return Errno.EINVAL;
        }

        Vma? vma = space.Vmas.Find(request.Address);
        if (vma is null)
        {
            return Errno.EFAULT;
        }

        if (isFixed || dontUnmap)
        {
            return MoveToLocked(space, orders, vma, in request, oldLength, newLength, ref released);
        }

        if (oldLength >= newLength)
        {
            Errno error = oldLength == newLength
                ? Errno.Success
                : UnmapOperation.RunLocked(
                    space, orders, request.Address + newLength, request.Address + oldLength, ref released);
            return error == Errno.Success ? request.Address : error;
        }

        Errno refused = CheckResizeLocked(space, vma, request.Address, oldLength, newLength);
        if (refused != Errno.Success)
        {
            return refused;
        }

        if (oldLength != 0 && request.Address + oldLength == vma.End
            && TryExtendLocked(space, orders, vma, newLength - oldLength))
        {
            return request.Address;
        }

        if (!mayMove)
        {
            return Errno.ENOMEM;
        }

        ulong target = FreeRange.Find(space.Vmas, space.Reserved, space.Layout.MmapBase, newLength);
        return target == 0
            ? Errno.ENOMEM
            : MoveLocked(space, orders, vma, request.Address, oldLength, newLength, target, false,
                ref released);
    }

    /// <summary>MREMAP_FIXED and MREMAP_DONTUNMAP.</summary>
    private static Result<ulong> MoveToLocked(
        AddressSpace space, IMemoryOrders orders, Vma vma, in RemapRequest request, ulong oldLength,
            ulong newLength,
        ref List<MemoryObject>? released)
    {
        bool isFixed = (request.Flags & RemapFlags.Fixed) != 0;
        bool dontUnmap = (request.Flags & RemapFlags.DontUnmap) != 0;
        ulong target = request.NewAddress;
        if (!IsPageAligned(target) || !IsUserRange(target, newLength)
            || (request.Address < target + newLength && target < request.Address + oldLength))
        {
            return Errno.EINVAL;
        }

        if (space.Vmas.Count + 4 > space.MaxMapCount)
        {
            return Errno.ENOMEM;
        }

        Errno refused = CheckResizeLocked(
            space, vma, request.Address, Math.Min(oldLength, newLength), newLength);
        if (refused != Errno.Success)
        {
            return refused;
        }

        MapFlags choice = isFixed ? MapFlags.Fixed : MapFlags.None;
        if (!MapOperation.ChooseLocked(space, target, newLength, choice).TryGet(out target, out Errno error))
        {
            return error;
        }

        if (oldLength > newLength)
        {
            error = UnmapOperation.RunLocked(
                space, orders, request.Address + newLength, request.Address + oldLength, ref released);
            if (error != Errno.Success)
            {
                return error;
            }

            oldLength = newLength;
        }

        return MoveLocked(
            space, orders, vma, request.Address, oldLength, newLength, target, dontUnmap, ref released);
    }

    private static Errno CheckResizeLocked(
        AddressSpace space, Vma vma, ulong address, ulong oldLength, ulong newLength)
    {
        if (oldLength == 0 && !vma.IsShared)
        {
            return Errno.EINVAL;
        }

        if (oldLength > vma.End - address)
        {
            return Errno.EFAULT;
        }

        if (vma.Object is { } memory && memory.HostLength != ulong.MaxValue
            && CrossesEnd(memory, vma.Offset + (address - vma.Start), Math.Max(oldLength, newLength)))
        {
            return Errno.ENOMEM;
        }

        if (newLength == oldLength)
        {
            return Errno.Success;
        }

        ulong added = newLength - oldLength;
        if (vma.Object is not null && vma.Offset + (address - vma.Start) + newLength < newLength)
        {
            return Errno.EINVAL;
        }

        if (vma.IsLocked && space.LockLimit != Unlimited
            && (added > space.LockLimit || space.Vmas.LockedBytes > space.LockLimit - added))
        {
            return Errno.EAGAIN;
        }

        return space.MayMapLocked(added, vma.IsData ? added : 0) ? Errno.Success : Errno.ENOMEM;
    }

    /// <summary>Two mappings of the host's, of two descriptors, which it does not move or grow as
    /// one.</summary>
    private static bool CrossesEnd(MemoryObject memory, ulong offset, ulong length) =>
        offset < memory.HostLength && length > memory.HostLength - offset;

    private static bool TryExtendLocked(AddressSpace space, IMemoryOrders orders, Vma vma, ulong added)
    {
        if (!IsUserRange(vma.End, added)
            || !FreeRange.IsFree(space.Vmas, space.Reserved, vma.End, vma.End + added))
        {
            return false;
        }

        // One page is enough for the host to find its mapping, whatever the guest named as the old range.
        ulong last = vma.End - PageSize;
        MemoryOrder order = MemoryOrders.Remap(last, PageSize, PageSize + added, RemapFlags.None, 0);
        if (!orders.Execute(new(in order)).IsOk)
        {
            return false;
        }

        vma.Object?.AddReference();
        space.Vmas.Insert(vma with
        {
            Start = vma.End,
            End = vma.End + added,
            Offset = vma.Object is null ? 0 : vma.Offset + vma.Length,
        });
        space.NotePeakLocked();
        return true;
    }

    private static Result<ulong> MoveLocked(
        AddressSpace space, IMemoryOrders orders, Vma vma, ulong start, ulong oldLength, ulong newLength,
            ulong target,
        bool dontUnmap, ref List<MemoryObject>? released)
    {
        if (space.Vmas.Count + 3 > space.MaxMapCount
            || (dontUnmap && !space.MayMapLocked(newLength, vma.IsData ? newLength : 0)))
        {
            return Errno.ENOMEM;
        }

        RemapFlags flags = RemapFlags.MayMove | RemapFlags.Fixed | (dontUnmap ? RemapFlags.DontUnmap : 0);
        MemoryOrder order = MemoryOrders.Remap(start, oldLength, newLength, flags, target);
        if (!orders.Execute(new(in order)).TryGet(out _, out Errno error))
        {
            return error;
        }

        vma.Object?.AddReference();
        space.Vmas.Remove(target, target + newLength, ref released);
        if (!dontUnmap && oldLength != 0)
        {
            space.Vmas.Remove(start, start + oldLength, ref released);
        }
        else if (dontUnmap && vma.IsLocked)
        {
            space.Vmas.Update(start, start + oldLength, 0, static (_, old) =>
                old with { Flags = old.Flags & ~(VmaFlags.Locked | VmaFlags.LockOnFault) });
        }

        space.Vmas.Insert(vma with
        {
            Start = target,
            End = target + newLength,
            Offset = vma.Object is null ? 0 : vma.Offset + (start - vma.Start),
        });
        space.NotePeakLocked();
        return target;
    }
}
