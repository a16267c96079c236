// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Xunit;

namespace Moat.Memory.Tests;

/// <summary>Files inside an image: never is anything else of it mapped than the file.</summary>
public sealed class PartialObjectTests
{
    private const ulong Page = 4096;
    private const ulong At = 0x10_0000_0000;
    private const ulong Place = 0x7000;
    private const int Image = 7;
    private const int Tail = 8;

    private readonly FakeStub _stub = new();
    private readonly FakePart _part = new(Image, Place, 3 * Page, Tail);
    private readonly AddressSpace _space = new(
        new AddressSpaceLayout(0x7fff_0000_0000, 0x7ffe_0000_0000), []);

    [Fact]
    public void What_lies_behind_comes_from_the_other_descriptor()
    {
        Assert.True(Map(0, 6 * Page).IsOk);
        for (ulong i = 0; i < 3; i++)
        {
            Assert.Equal((Image, Place + (i * Page)), PageAt(i));
            Assert.Equal((Tail, i * Page), PageAt(3 + i));
        }

        Assert.Single(_space.Snapshot());
        Assert.True(Map(2 * Page, Page).IsOk);
        Assert.Equal((Image, Place + (2 * Page)), PageAt(0));
        Assert.True(Map(5 * Page, Page).IsOk);
        Assert.Equal((Tail, 2 * Page), PageAt(0));
        Assert.True(Map(0x7fff_ffff_f000, Page).IsOk);
        Assert.Equal((Tail, 0x7fff_ffff_f000 - (3 * Page)), PageAt(0));
    }

    [Fact]
    public void Mappings_at_fixed_places_are_split_the_same_way()
    {
        MapRequest[] requests = new MapRequest[20];
        for (int i = 0; i < requests.Length; i++)
        {
            requests[i] = Request(Page, 3 * Page) with { Address = At + ((ulong)i * 3 * Page) };
        }

        Assert.Equal(Errno.Success, _space.MapAllFixed(_stub, requests));
        for (ulong i = 0; i < 20; i++)
        {
            Assert.Equal((Image, Place + Page), PageAt(i * 3));
            Assert.Equal((Image, Place + (2 * Page)), PageAt((i * 3) + 1));
            Assert.Equal((Tail, 0UL), PageAt((i * 3) + 2));
        }
    }

    [Fact]
    public void Growing_does_not_reach_what_lies_behind()
    {
        Assert.True(Map(0, 2 * Page).IsOk);
        Assert.Equal(At, Remap(2 * Page, 3 * Page).Value);
        Assert.Equal(Errno.ENOMEM, Remap(3 * Page, 4 * Page).Error);
        Assert.Equal(Errno.ENOMEM, Remap(Page, 9 * Page).Error);
        Assert.False(_stub.Pages.ContainsKey((At / Page) + 3));
        Assert.True(Map(4 * Page, Page).IsOk);
        Assert.Equal(Errno.Success, Remap(Page, 2 * Page).Error);
        Assert.Equal((Tail, 2 * Page), PageAt(1));
    }

    private (int Fd, ulong Offset) PageAt(ulong number)
    {
        FakePage page = _stub.Pages[(At / Page) + number];
        return (page.Fd, page.Offset);
    }

    private static MapRequest Plain(ulong length) => new()
    {
        Address = At, Length = length, Protection = MemoryProtection.Read,
        Flags = MapFlags.Private | MapFlags.Fixed,
    };

    private MapRequest Request(ulong offset, ulong length) =>
        Plain(length) with { Object = _part, Offset = offset };

    private Result<ulong> Map(ulong offset, ulong length)
    {
        _space.Unmap(_stub, At, 16 * Page);
        return _space.Map(_stub, Request(offset, length));
    }

    private Result<ulong> Remap(ulong from, ulong to) => _space.Remap(
        _stub, new RemapRequest(At, from, to, RemapFlags.None, 0));
}
