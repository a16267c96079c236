// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Moat.Abi.Mman;
using Xunit;

namespace Moat.Memory.Tests;

/// <summary>Random calls: the books must always say what the stub's pages say.</summary>
public sealed class AddressSpaceModelTests
{
    private const ulong Page = 4096;
    private const ulong Base = 0x20_0000_0000;
    private const int Window = 48;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Books_match_the_stub_after_any_sequence(int seed)
    {
        var random = new Random(seed);
        var stub = new FakeStub();
        ReservedRange[] reserved = [new(Base + (20 * Page), Base + (22 * Page))];
        var space = new AddressSpace(new(0x7fff_0000_0000, Base + (Window * Page)), reserved);
        var objects = new FakeObject[] { new(3), new(4) };
        for (int step = 0; step < 1000; step++)
        {
            Step(random, space, stub, objects);
            Check(space, stub, objects, step);
        }

        space.Release();
        foreach (FakeObject memory in objects)
        {
            Assert.False(memory.IsDestroyed);
            memory.Release();
            Assert.True(memory.IsDestroyed);
        }
    }

    private static void Step(Random random, AddressSpace space, FakeStub stub, FakeObject[] objects)
    {
        ulong at = Base + ((ulong)random.Next(Window) * Page);
        ulong length = (ulong)random.Next(1, 9) * Page;
        ulong other = Base + ((ulong)random.Next(Window) * Page);
        if (random.Next(20) == 0)
        {
            stub.FailNext = Abi.Errno.ENOMEM;
        }

        switch (random.Next(8))
        {
            case 0:
            case 1:
                int choice = random.Next(4);
                MapFlags flags = random.Next(2) == 0 ? MapFlags.Fixed : MapFlags.None;
                space.Map(stub, new MapRequest
                {
                    Address = at,
                    Length = length,
                    Protection = (MemoryProtection)random.Next(8),
                    Flags = flags | (choice == 1 ? MapFlags.Shared : MapFlags.Private),
                    Object = choice < 2 ? objects[choice] : null,
                    Offset = (ulong)random.Next(8) * Page,
                });
                break;
            case 2:
                space.Unmap(stub, at, length);
                break;
            case 3:
            case 4:
                space.Protect(stub, at, length, (MemoryProtection)random.Next(8));
                break;
            case 5:
                space.Advise(stub, at, length, (MemoryAdvice)random.Next(0, 26));
                break;
            default:
                var how = (RemapFlags)random.Next(8);
                ulong oldLength = (ulong)random.Next(0, 6) * Page;
                space.Remap(stub, new(at, oldLength, random.Next(3) == 0 ? oldLength : length, how, other));
                break;
        }

        stub.FailNext = 0;
    }

    private static void Check(AddressSpace space, FakeStub stub, FakeObject[] objects, int step)
    {
        var expected = new SortedDictionary<ulong, FakePage>();
        ulong last = 0;
        ulong total = 0;
        foreach (Vma vma in space.Snapshot())
        {
            Assert.True(vma.Start < vma.End && vma.Start >= last, $"step {step}");
            last = vma.End;
            total += vma.Length;
            for (ulong at = vma.Start; at < vma.End; at += Page)
            {
                ulong offset = vma.Object is null ? 0 : vma.Offset + (at - vma.Start);
                expected[at / Page] = new(vma.Protection, vma.IsShared, vma.Object?.HostFd ?? -1, offset);
                Assert.False(at >= Base + (20 * Page) && at < Base + (22 * Page), $"step {step}: reserved");
            }
        }

        Assert.Equal(stub.Pages, expected);
        Assert.Equal(total, space.GetUsage().Total);
        Assert.False(objects[0].IsDestroyed || objects[1].IsDestroyed, $"step {step}: released too often");
    }
}
