// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;

namespace Moat.Memory;

/// <summary>
/// Access to another's memory whatever its protection, as ptrace(2) and /proc/PID/mem have it (FOLL_FORCE):
/// what is mapped can be read, what is private can be written.
/// </summary>
/// <remarks>Locks: the address space's, while a protection is lifted.</remarks>
public static class ForcedAccess
{
    /// <summary>Reads as much as is mapped.</summary>
    public static int Read(AddressSpace space, IMemoryOrders orders, UserMemory memory, ulong address,
        Span<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            done += memory.ReadPartial(address + (ulong)done, bytes[done..]);
            if (done == bytes.Length)
            {
                break;
            }

            int page = PartOfPage(address + (ulong)done, bytes.Length - done);
            using RankedLock.Scope scope = space.Lock.Enter();
            if (!Open(space, orders, address + (ulong)done, false, out MemoryOrder close))
            {
                break;
            }

            int got = memory.ReadPartial(address + (ulong)done, bytes.Slice(done, page));
            _ = orders.Execute([close]);
            done += got;
            if (got < page)
            {
                break;
            }
        }

        return done;
    }

    /// <summary>Writes as much as is mapped privately, or writable.</summary>
    public static int Write(AddressSpace space, IMemoryOrders orders, UserMemory memory, ulong address,
        ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            done += memory.WritePartial(address + (ulong)done, bytes[done..]);
            if (done == bytes.Length)
            {
                break;
            }

            int page = PartOfPage(address + (ulong)done, bytes.Length - done);
            using RankedLock.Scope scope = space.Lock.Enter();
            if (!Open(space, orders, address + (ulong)done, true, out MemoryOrder close))
            {
                break;
            }

            int put = memory.WritePartial(address + (ulong)done, bytes.Slice(done, page));
            _ = orders.Execute([close]);
            done += put;
            if (put < page)
            {
                break;
            }
        }

        return done;
    }

    private static int PartOfPage(ulong address, int left) => (int)Math.Min(
        (ulong)left, AddressSpaceLimits.PageSize - (address & (AddressSpaceLimits.PageSize - 1)));

    // The page becomes accessible; the order that makes it what it was.
    private static bool Open(AddressSpace space, IMemoryOrders orders, ulong address, bool forWriting,
        out MemoryOrder close)
    {
        close = default;
        if (space.Vmas.Find(address) is not { } vma || (forWriting && vma.IsShared))
        {
            return false;
        }

        ulong page = AddressSpaceLimits.PageDown(address);
        MemoryProtection most = vma.Protection | MemoryProtection.Read
            | (forWriting ? MemoryProtection.Write : MemoryProtection.None);
        close = MemoryOrders.Protect(page, page + AddressSpaceLimits.PageSize, vma.Protection);
        return orders.Execute(
            [MemoryOrders.Protect(page, page + AddressSpaceLimits.PageSize, most)]).IsOk;
    }
}
