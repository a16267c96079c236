// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Mman;

namespace Moat.Memory;

/// <summary>
/// Makes the orders that this assembly gives: guest requests translated to a small set of host calls.
/// </summary>
internal static class MemoryOrders
{
    /// <summary>The most orders that one mapping takes.</summary>
    public const int MostForMap = 2;

    /// <summary>
    /// mmap at exactly this address. Guest flags shrink to shared or private, no-reserve and populate.
    /// </summary>
    /// <remarks>
    /// What may never become writable is mapped privately: it shows the same, and stays harmless to others
    /// should a guest make it writable behind our back (the descriptor may be open for writing).
    /// </remarks>
    /// <returns>How many orders it takes: two where the object's end lies in a descriptor of its
    /// own.</returns>
    public static int Map(System.Span<MemoryOrder> orders, ulong start, ulong length,
        MemoryProtection protection, MapFlags guestFlags, MemoryObject? memory, ulong offset,
        MemoryProtection most = MemoryProtection.Access)
    {
        MapFlags flags = MapFlags.Fixed | (guestFlags & MapFlags.NoReserve);
        bool isPrivate = (guestFlags & MapFlags.Private) != 0
            && (guestFlags & MapFlags.TypeMask) != MapFlags.SharedValidate;
        flags |= isPrivate || (memory is not null && (most & MemoryProtection.Write) == 0)
            ? MapFlags.Private
            : MapFlags.Shared;
        if ((guestFlags & (MapFlags.Populate | MapFlags.NonBlock)) == MapFlags.Populate)
        {
            flags |= MapFlags.Populate;
        }

        ulong access = (ulong)(protection & MemoryProtection.Access);
        if (memory is null)
        {
            orders[0] = new MemoryOrder(SyscallNumber.mmap, start, length, access,
                (ulong)(flags | MapFlags.Anonymous), ulong.MaxValue, offset);
            return 1;
        }

        int count = 0;
        ulong there = memory.HostLength > offset ? System.Math.Min(length, memory.HostLength - offset) : 0;
        if (there > 0)
        {
            orders[count++] = new MemoryOrder(SyscallNumber.mmap, start, there, access, (ulong)flags, 0,
                offset + memory.HostOffset, memory.HostFd, memory.KeptAs);
        }

        if (there < length)
        {
            orders[count++] = new MemoryOrder(SyscallNumber.mmap, start + there, length - there, access,
                (ulong)flags, 0, offset + there - memory.HostLength, memory.TailFd);
        }

        return count;
    }

    /// <summary>mmap of private anonymous memory.</summary>
    public static MemoryOrder MapAnonymous(
        ulong start, ulong length, MemoryProtection protection, MapFlags guestFlags)
    {
        System.Span<MemoryOrder> order = stackalloc MemoryOrder[1];
        _ = Map(order, start, length, protection, guestFlags, null, 0);
        return order[0];
    }

    public static MemoryOrder Unmap(ulong start, ulong end) => new(SyscallNumber.munmap, start, end - start);

    public static MemoryOrder Protect(ulong start, ulong end, MemoryProtection protection) =>
        new(SyscallNumber.mprotect, start, end - start, (ulong)(protection & MemoryProtection.Access));

    public static MemoryOrder Remap(ulong start, ulong oldLength, ulong newLength, RemapFlags flags,
        ulong newStart) =>
        new(SyscallNumber.mremap, start, oldLength, newLength, (ulong)flags, newStart);

    public static MemoryOrder Advise(ulong start, ulong end, MemoryAdvice advice) =>
        new(SyscallNumber.madvise, start, end - start, (ulong)advice);
}
