// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Mman;
using static Moat.Memory.AddressSpaceLimits;

namespace Moat.Memory;

/// <summary>mlock(2) and its family on an address space whose lock is held.</summary>
/// <remarks>
/// Locked pages are made present and counted against RLIMIT_MEMLOCK; the host may still swap them, for a
/// guest must not
/// pin host memory.
/// </remarks>
internal static class LockOperation
{
    private const VmaFlags Both = VmaFlags.Locked | VmaFlags.LockOnFault;

    /// <summary>mlock, mlock2: locks whole pages around a range.</summary>
    public static Errno LockRangeLocked(
        AddressSpace space, IMemoryOrders orders, ulong address, ulong length, bool onFault, bool privileged)
    {
        if (!privileged && space.LockLimit == 0)
        {
            return Errno.EPERM;
        }

        ulong start = PageDown(address);
        ulong bytes = PageUp(length + (address - start));
        ulong end = start + bytes;
        if (length != 0 && (bytes == 0 || end < start))
        {
            return Errno.EINVAL;
        }

        if (bytes == 0 || length == 0)
        {
            return Errno.Success;
        }

        (_, _, ulong already) = space.Vmas.Measure(start, end);
        ulong after = space.Vmas.LockedBytes - already + bytes;
        if (!privileged && after > space.LockLimit)
        {
            return Errno.ENOMEM;
        }

        Errno result = ApplyLocked(space, start, end, onFault ? Both : VmaFlags.Locked);
        if (result == Errno.Success)
        {
            PopulateLocked(orders, start, end, onFault ? Both : VmaFlags.Locked);
        }

        return result;
    }

    /// <summary>munlock.</summary>
    public static Errno UnlockRangeLocked(AddressSpace space, ulong address, ulong length)
    {
        ulong start = PageDown(address);
        ulong bytes = PageUp(length + (address - start));
        ulong end = start + bytes;
        if (end < start)
        {
            return Errno.EINVAL;
        }

        return bytes == 0 ? Errno.Success : ApplyLocked(space, start, end, VmaFlags.None);
    }

    /// <summary>mlockall; no flags is munlockall.</summary>
    public static Errno LockAllLocked(AddressSpace space, IMemoryOrders orders, LockFlags flags,
        bool privileged)
    {
        VmaFlags wanted = (flags & LockFlags.OnFault) != 0 ? Both : VmaFlags.Locked;
        bool current = (flags & LockFlags.Current) != 0;
        if (flags != 0 && !privileged
            && (space.LockLimit == 0 || (current && space.Vmas.TotalBytes > space.LockLimit)))
        {
            return space.LockLimit == 0 ? Errno.EPERM : Errno.ENOMEM;
        }

        space.FutureLock = (flags & LockFlags.Future) != 0 ? wanted : VmaFlags.None;
        if (flags != 0 && !current)
        {
            return Errno.Success;
        }

        space.Vmas.Update(0, ulong.MaxValue, current ? wanted : VmaFlags.None, static (locks, vma) =>
            vma with { Flags = (vma.Flags & ~Both) | locks });
        for (int i = 0; current && i < space.Vmas.Count; i++)
        {
            PopulateLocked(orders, space.Vmas[i].Start, space.Vmas[i].End, space.Vmas[i].Flags);
        }

        return Errno.Success;
    }

    /// <summary>Makes a locked range's pages present, as far as they can be.</summary>
    internal static void PopulateLocked(IMemoryOrders orders, ulong start, ulong end, VmaFlags flags)
    {
        if ((flags & Both) == VmaFlags.Locked)
        {
            // PROT_NONE parts and pages beyond a file's end stay absent: mlock does not fail for them either.
            MemoryOrder order = MemoryOrders.Advise(start, end, MemoryAdvice.PopulateRead);
            _ = orders.Execute(new(in order));
        }
    }

    private static Errno ApplyLocked(AddressSpace space, ulong start, ulong end, VmaFlags locks)
    {
        VmaSet vmas = space.Vmas;
        ulong reach = start;
        for (int i = vmas.IndexEndingAfter(start); reach < end && i < vmas.Count
            && vmas[i].Start <= reach; i++)
        {
            reach = Math.Min(vmas[i].End, end);
        }

        if (reach > start)
        {
            vmas.Update(start, reach, locks, static (wanted, vma) =>
                vma with { Flags = (vma.Flags & ~Both) | wanted });
        }

        return reach < end ? Errno.ENOMEM : Errno.Success;
    }
}
