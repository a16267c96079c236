// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi.Mman;
using Moat.Memory;
using Moat.Memory.Tests;

namespace Moat.Kernel.Loading.Tests;

/// <summary>
/// The contents of a fake stub's pages: file pages start as the file says, all others as zeros.
/// </summary>
public sealed class TestMemory(FakeStub stub, IReadOnlyDictionary<int, byte[]> files) : UserMemory
{
    private const ulong Page = 4096;
    private readonly Dictionary<ulong, byte[]> _pages = [];

    public override int ReadPartial(ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length && PageAt(address + (ulong)done, MemoryProtection.Read) is { } page)
        {
            int at = (int)((address + (ulong)done) % Page);
            int count = Math.Min(destination.Length - done, (int)Page - at);
            page.AsSpan(at, count).CopyTo(destination[done..]);
            done += count;
        }

        return done;
    }

    public override int WritePartial(ulong address, ReadOnlySpan<byte> source)
    {
        int done = 0;
        while (done < source.Length && PageAt(address + (ulong)done, MemoryProtection.Write) is { } page)
        {
            int at = (int)((address + (ulong)done) % Page);
            int count = Math.Min(source.Length - done, (int)Page - at);
            source.Slice(done, count).CopyTo(page.AsSpan(at));
            done += count;
        }

        return done;
    }

    private byte[]? PageAt(ulong address, MemoryProtection access)
    {
        if (!stub.Pages.TryGetValue(address / Page, out FakePage? page) || (page.Protection & access) == 0)
        {
            return null;
        }

        if (!_pages.TryGetValue(address / Page, out byte[]? bytes))
        {
            bytes = new byte[Page];
            if (page.Fd >= 0)
            {
                byte[] file = files[page.Fd];
                if (page.Offset >= (ulong)file.Length)
                {
                    return null;
                }

                file.AsSpan((int)page.Offset, (int)Math.Min(Page, (ulong)file.Length - page.Offset))
                    .CopyTo(bytes);
            }

            _pages[address / Page] = bytes;
        }

        return bytes;
    }
}
