// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Host;
using Xunit;

namespace Moat.Memory.Tests;

/// <summary>Copying through the host, on this very process.</summary>
public sealed unsafe class StubMemoryTests
{
    private const ulong Page = 4096;

    [Fact]
    public void Copies_stop_at_the_first_bad_page()
    {
        ulong at = MapPages(4, 3);
        HostCall.Invoke(SyscallNumber.mprotect, at + (2 * Page), Page, 0);
        HostCall.Invoke(SyscallNumber.mprotect, at + (3 * Page), Page, 1);
        var memory = new StubMemory(Environment.ProcessId);
        byte[] buffer = new byte[4 * Page];
        Array.Fill(buffer, (byte)7);
        Assert.Equal(2 * Page, (ulong)memory.WritePartial(at, buffer));
        Assert.Equal((2 * Page) - 10, (ulong)memory.ReadPartial(at + 10, buffer));
        Assert.Equal(0, memory.ReadPartial(at + (2 * Page), buffer));
        Assert.Equal(0, memory.WritePartial(at + (3 * Page), buffer.AsSpan(0, 1)));
        Assert.Equal(Errno.Success, memory.Read(at + (3 * Page), buffer.AsSpan(0, 1)));
        Assert.Equal(Errno.EFAULT, memory.Write(at + (2 * Page) - 1, buffer.AsSpan(0, 2)));
        HostCall.Invoke(SyscallNumber.munmap, at, 4 * Page);
    }

    [Fact]
    public void Kernel_and_missing_addresses_fail()
    {
        var memory = new StubMemory(Environment.ProcessId);
        byte[] buffer = new byte[64];
        Assert.Equal(0, memory.ReadPartial(0, buffer));
        Assert.Equal(0, memory.ReadPartial(ulong.MaxValue - 8, buffer));
        Assert.Equal(0, memory.ReadPartial(AddressSpaceLimits.Top, buffer));
        Assert.Equal(0, memory.ReadPartial(0xffff_8000_0000_0000, buffer));
        Assert.Equal(0, new StubMemory(int.MaxValue).ReadPartial(0x10000, buffer));
    }

    [Fact]
    public void Large_copies_over_many_pages_are_whole()
    {
        ulong at = MapPages(3000, 3);
        var memory = new StubMemory(Environment.ProcessId);
        byte[] buffer = new byte[2999 * Page];
        new Random(1).NextBytes(buffer);
        byte[] back = new byte[buffer.Length];
        Assert.Equal(Errno.Success, memory.Write(at + 5, buffer));
        Assert.Equal(Errno.Success, memory.Read(at + 5, back));
        Assert.True(buffer.AsSpan().SequenceEqual(back));
        HostCall.Invoke(SyscallNumber.munmap, at + (2000 * Page), Page);
        Assert.Equal((2000 * Page) - 5, (ulong)memory.ReadPartial(at + 5, back));
        HostCall.Invoke(SyscallNumber.munmap, at, 3000 * Page);
    }

    private static ulong MapPages(int count, ulong protection)
    {
        // Below StubMemory's limit, wherever the host would put it.
        ulong at =
            HostCall.Invoke(SyscallNumber.mmap, 0x1234_0000_0000, (ulong)count * Page, protection, 0x22,
            ulong.MaxValue).Raw is var raw ? (ulong)raw : 0;
        Assert.True(at < AddressSpaceLimits.Top);
        return at;
    }
}
