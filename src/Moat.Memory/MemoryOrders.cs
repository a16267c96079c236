// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Mman;

namespace Moat.Memory;

/// <summary>
/// Makes the orders that this assembly gives: guest requests translated to a small set of host calls.
/// </summary>
internal static class MemoryOrders
{
    /// <summary>
    /// mmap at exactly this address. Guest flags shrink to shared or private, no-reserve and populate.
    /// </summary>
    /// <remarks>
    /// What may never become writable is mapped privately: it shows the same, and stays harmless to others
    /// should
    /// a guest make it writable behind our back (the descriptor may be open for writing).
    /// </remarks>
    public static MemoryOrder Map(ulong start, ulong length, MemoryProtection protection, MapFlags guestFlags,
        MemoryObject? memory, ulong offset, MemoryProtection most = MemoryProtection.Access)
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

        if (memory is null)
        {
            flags |= MapFlags.Anonymous;
        }

        return new MemoryOrder(SyscallNumber.mmap, start, length,
            (ulong)(protection & MemoryProtection.Access),
            (ulong)flags, memory is null ? ulong.MaxValue : 0, offset, memory?.HostFd ?? -1,
            memory?.KeptAs ?? 0);
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
