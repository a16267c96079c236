// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;

namespace Moat.Memory.Tests;

/// <summary>
/// A stub's address space as a table of pages, on which ordered host calls act as Linux would.
/// </summary>
public sealed class FakeStub : IMemoryOrders
{
    public const ulong Page = 4096;

    /// <summary>Mapped pages by page number.</summary>
    public SortedDictionary<ulong, FakePage> Pages { get; } = [];

    /// <summary>All orders so far.</summary>
    public List<MemoryOrder> Log { get; } = [];

    /// <summary>When set, the next order fails so.</summary>
    public Errno FailNext { get; set; }

    /// <summary>How often <see cref="Execute"/> was called.</summary>
    public int Exchanges { get; private set; }

    public Result<ulong> Execute(ReadOnlySpan<MemoryOrder> orders)
    {
        Exchanges++;
        Result<ulong> last = 0UL;
        foreach (MemoryOrder order in orders)
        {
            Log.Add(order);
            last = FailNext != 0 ? FailNext : One(order);
            FailNext = 0;
            if (!last.IsOk)
            {
                break;
            }
        }

        return last;
    }

    private Result<ulong> One(MemoryOrder order)
    {
        ulong first = order.Arg0 / Page;
        ulong count = (order.Arg1 + Page - 1) / Page;
        switch (order.Number)
        {
            case SyscallNumber.mmap:
                if ((order.Arg3 & (ulong)MapFlags.Fixed) == 0)
                {
                    return Errno.EINVAL;
                }

                for (ulong i = 0; i < count; i++)
                {
                    Pages[first + i] = new FakePage(
                        (MemoryProtection)order.Arg2, (order.Arg3 & 1) != 0, order.HostFd,
                        order.HostFd < 0 ? 0 : order.Arg5 + i * Page);
                }

                return order.Arg0;
            case SyscallNumber.munmap:
                for (ulong i = 0; i < count; i++)
                {
                    Pages.Remove(first + i);
                }

                return 0;
            case SyscallNumber.mprotect:
                for (ulong i = 0; i < count; i++)
                {
                    if (!Pages.TryGetValue(first + i, out FakePage? page))
                    {
                        return Errno.ENOMEM;
                    }

                    Pages[first + i] = page with { Protection = (MemoryProtection)order.Arg2 };
                }

                return 0;
            case SyscallNumber.mremap:
                return Remap(first, count, (order.Arg2 + Page - 1) / Page, (RemapFlags)order.Arg3,
                    order.Arg4 / Page);
            case SyscallNumber.madvise:
                for (ulong i = 0; i < count; i++)
                {
                    if (!Pages.ContainsKey(first + i))
                    {
                        return Errno.ENOMEM;
                    }
                }

                return 0;
            default:
                return Errno.ENOSYS;
        }
    }

    private Result<ulong> Remap(ulong first, ulong oldCount, ulong newCount, RemapFlags flags, ulong target)
    {
        if (!Pages.TryGetValue(first, out FakePage? model))
        {
            return Errno.EFAULT;
        }

        bool move = (flags & RemapFlags.Fixed) != 0;
        ulong to = move ? target : first;
        var content = new List<FakePage>();
        for (ulong i = 0; i < newCount; i++)
        {
            ulong offset = model.Fd < 0 ? 0 : model.Offset + i * Page;
            content.Add(i < oldCount && Pages.TryGetValue(first + i, out FakePage? page)
                ? page
                : model with { Offset = offset });
        }

        for (ulong i = 0; move && (flags & RemapFlags.DontUnmap) == 0 && i < oldCount; i++)
        {
            Pages.Remove(first + i);
        }

        for (int i = 0; i < content.Count; i++)
        {
            ulong at = to + (ulong)i;
            if (!move && (ulong)i >= oldCount && Pages.ContainsKey(at))
            {
                return Errno.ENOMEM;
            }

            Pages[at] = content[i];
        }

        return to * Page;
    }
}
