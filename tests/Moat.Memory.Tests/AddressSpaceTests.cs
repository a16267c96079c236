// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Moat.Abi;
using Moat.Abi.Mman;
using Moat.Base;
using Xunit;

namespace Moat.Memory.Tests;

/// <summary>Mapping calls with their Linux results.</summary>
public sealed class AddressSpaceTests
{
    private const MemoryProtection ReadWrite = MemoryProtection.Read | MemoryProtection.Write;
    private const ulong Page = 4096;
    private const ulong Fixed = 0x10_0000_0000;

    private readonly FakeStub _stub = new();
    private readonly AddressSpace _space = new(
        new AddressSpaceLayout(0x7fff_0000_0000, 0x7ffe_0000_0000),
            [new(0x60000, 0x61000), new(0x7ffd_0000_0000, 0x7ffd_0000_2000, "[vdso]", true)]);

    [Fact]
    public void Mappings_go_down_from_the_base_and_merge()
    {
        ulong first = Map(0, 3 * Page).Value;
        ulong second = Map(0, Page).Value;
        Assert.Equal(0x7ffe_0000_0000 - (3 * Page), first);
        Assert.Equal(first - Page, second);
        Assert.Single(_space.Snapshot());
        Assert.Equal(4 * Page, _space.GetUsage().Total);
    }

    [Fact]
    public void Fixed_addresses_are_checked()
    {
        Assert.Equal(Errno.EPERM, Map(0x1000, Page, MapFlags.Fixed).Error);
        Assert.Equal(Errno.EINVAL, Map(Fixed + 1, Page, MapFlags.Fixed).Error);
        Assert.Equal(Errno.ENOMEM, Map(AddressSpaceLimits.Top, Page, MapFlags.Fixed).Error);
        Assert.Equal(Errno.ENOMEM, Map(0x60000, Page, MapFlags.Fixed).Error);
        Assert.Equal(Fixed, Map(Fixed, Page, MapFlags.Fixed).Value);
        Assert.Equal(Errno.EEXIST, Map(Fixed, Page, MapFlags.FixedNoReplace).Error);
        Assert.Equal(Errno.EEXIST, Map(0x60000, Page, MapFlags.FixedNoReplace).Error);
        Assert.Equal(Errno.EINVAL, Map(0, 0).Error);
        Assert.Equal(Errno.ENOMEM, Map(0, ulong.MaxValue).Error);
    }

    [Fact]
    public void Hints_are_taken_when_free()
    {
        Assert.Equal(Fixed, Map(Fixed, Page).Value);
        Assert.NotEqual(Fixed, Map(Fixed, Page).Value);
        Assert.Equal(0x10000UL, Map(1, Page).Value);
        Assert.InRange(Map(0, Page, MapFlags.Map32Bit).Value, 0x4000_0000UL, 0x7fff_f000UL);
    }

    [Fact]
    public void Unmapping_splits_and_releases()
    {
        var file = new FakeObject(5, "/bin/x");
        Assert.True(
            _space.Map(_stub,
            new MapRequest { Address = Fixed, Length = 10 * Page, Protection = ReadWrite,
            Flags = MapFlags.Private | MapFlags.Fixed, Object = file }).IsOk);
        file.Release();
        Assert.Equal(Errno.Success, _space.Unmap(_stub, Fixed + (3 * Page), Page));
        Vma[] vmas = _space.Snapshot();
        Assert.Equal(2, vmas.Length);
        Assert.Equal(4 * Page, vmas[1].Offset);
        Assert.Equal(Errno.Success, _space.Unmap(_stub, Fixed, 3 * Page));
        Assert.False(file.IsDestroyed);
        Assert.Equal(Errno.Success, _space.Unmap(_stub, Fixed, 100 * Page));
        Assert.True(file.IsDestroyed);
        Assert.Empty(_stub.Pages);
        Assert.Equal(Errno.Success, _space.Unmap(_stub, Fixed, 100 * Page));
        Assert.Equal(Errno.EINVAL, _space.Unmap(_stub, Fixed, 0));
        Assert.Equal(Errno.EINVAL, _space.Unmap(_stub, AddressSpaceLimits.Top, Page));
    }

    [Fact]
    public void Unmapping_everything_spares_the_platform()
    {
        Map(0x50000, Page, MapFlags.Fixed);
        Map(0x70000, Page, MapFlags.Fixed);
        Assert.Equal(Errno.Success, _space.Unmap(_stub, 0, AddressSpaceLimits.Top));
        Assert.Empty(_space.Snapshot());
        foreach (MemoryOrder order in _stub.Log)
        {
            Assert.False(order.Number == SyscallNumber.munmap && order.Arg0 <= 0x60000 && order.Arg0
                + order.Arg1 > 0x60000);
        }
    }

    [Fact]
    public void A_failed_order_changes_nothing()
    {
        _stub.FailNext = Errno.ENOMEM;
        Assert.Equal(Errno.ENOMEM, Map(0, Page).Error);
        Assert.Empty(_space.Snapshot());
        ulong at = Map(0, Page).Value;
        _stub.FailNext = Errno.ENOMEM;
        Assert.Equal(Errno.ENOMEM, _space.Unmap(_stub, at, Page));
        Assert.Single(_space.Snapshot());
    }

    [Fact]
    public void Protection_stops_at_holes_and_refusals()
    {
        Map(Fixed, 2 * Page, MapFlags.Fixed);
        Assert.Equal(Errno.ENOMEM, _space.Protect(_stub, Fixed, 4 * Page, MemoryProtection.Read));
        Assert.Equal(MemoryProtection.Read, _space.Snapshot()[0].Protection);
        Assert.Equal(Errno.EINVAL, _space.Protect(_stub, Fixed + 1, Page, MemoryProtection.Read));
        Assert.Equal(Errno.EINVAL, _space.Protect(_stub, Fixed, Page, (MemoryProtection)0x100));
        Assert.Equal(Errno.Success, _space.Protect(_stub, Fixed, 0, MemoryProtection.Read));
        Assert.Equal(Errno.ENOMEM, _space.Protect(_stub, Fixed, ulong.MaxValue, MemoryProtection.Read));
        var file = new FakeObject(5);
        ulong readOnly =
            _space.Map(_stub,
            new MapRequest { Length = Page, Protection = MemoryProtection.Read,
            MaxProtection = MemoryProtection.Read | MemoryProtection.Execute, Flags = MapFlags.Shared,
            Object = file }).Value;
        Assert.Equal(Errno.EACCES, _space.Protect(_stub, readOnly, Page, ReadWrite));
    }

    [Fact]
    public void Remap_grows_in_place_moves_and_shrinks()
    {
        Map(Fixed, 2 * Page, MapFlags.Fixed);
        Assert.Equal(Fixed, Remap(Fixed, 2 * Page, 4 * Page, RemapFlags.None).Value);
        Map(Fixed + (4 * Page), Page, MapFlags.Fixed | MapFlags.NoReserve);
        Assert.Equal(Errno.ENOMEM, Remap(Fixed, 4 * Page, 8 * Page, RemapFlags.None).Error);
        ulong moved = Remap(Fixed, 4 * Page, 8 * Page, RemapFlags.MayMove).Value;
        Assert.NotEqual(Fixed, moved);
        Assert.Equal(moved, Remap(moved, 8 * Page, Page, RemapFlags.None).Value);
        Assert.Equal(2 * Page, _space.GetUsage().Total);
        Assert.Equal(Fixed, Remap(moved, Page, Page, RemapFlags.MayMove | RemapFlags.Fixed, Fixed).Value);
        Assert.Equal(Errno.EFAULT, Remap(moved, Page, Page * 2, RemapFlags.MayMove).Error);
        Assert.Equal(Errno.EINVAL, Remap(Fixed, Page, 0, RemapFlags.MayMove).Error);
        Assert.Equal(Errno.EINVAL, Remap(Fixed, Page, Page, RemapFlags.Fixed, moved).Error);
        Assert.Equal(Errno.EINVAL, Remap(Fixed, Page, Page, RemapFlags.Fixed | RemapFlags.MayMove, Fixed)
            .Error);
        Assert.Equal(Errno.EINVAL, Remap(Fixed, 0, Page, RemapFlags.MayMove).Error);
        Assert.Equal(Errno.EFAULT, Remap(Fixed, 16 * Page, 32 * Page, RemapFlags.MayMove).Error);
    }

    [Fact]
    public void Break_moves_and_limits_hold()
    {
        _space.SetBreakStart(Fixed);
        Assert.Equal(Fixed, _space.Break(_stub, 0));
        Assert.Equal(Fixed + 100, _space.Break(_stub, Fixed + 100));
        Assert.Equal(Fixed + (5 * Page), _space.Break(_stub, Fixed + (5 * Page)));
        Assert.Equal(Fixed + 1, _space.Break(_stub, Fixed + 1));
        Assert.Single(_stub.Pages);
        Map(Fixed + (3 * Page), Page, MapFlags.Fixed);
        Assert.Equal(Fixed + 1, _space.Break(_stub, Fixed + (3 * Page)));
        _space.SizeLimit = 3 * Page;
        Assert.Equal(Errno.ENOMEM, Map(0, 2 * Page).Error);
        Assert.True(Map(0, Page).IsOk);
        _space.DataLimit = 2 * Page;
        Assert.Equal(Errno.ENOMEM, Map(0, Page).Error);
        Assert.Contains("[heap]", Encoding.UTF8.GetString(_space.FormatMaps()),
            System.StringComparison.Ordinal);
    }

    [Fact]
    public void Maps_reads_as_on_Linux()
    {
        var file = new FakeObject(5, "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2");
        _space.Map(_stub,
            new MapRequest { Address = 0x7ff542942000, Length = 0x26000, Offset = 0x1000,
            Protection = MemoryProtection.Read | MemoryProtection.Execute, Flags = MapFlags.Private
            | MapFlags.Fixed, Object = file });
        string[] lines = Encoding.UTF8.GetString(_space.FormatMaps()).Split('\n');
        Assert.Equal(
            "7ff542942000-7ff542968000 r-xp 00001000 fe:00 331651                     "
                + "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", lines[0]);
        Assert.Equal("7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                          [vdso]",
            lines[1]);
    }

    [Fact]
    public void A_fork_copies_what_may_be_copied()
    {
        ulong at = Map(0, 4 * Page).Value;
        Assert.Equal(Errno.Success, _space.Advise(_stub, at, Page, MemoryAdvice.DontFork));
        Assert.Equal(Errno.ENOMEM, _space.Advise(_stub, at + (3 * Page), 2 * Page, MemoryAdvice.DontNeed));
        using (_space.Lock.Enter())
        {
            AddressSpace child = _space.CloneLocked();
            Assert.Equal(4 * Page, _space.Vmas.TotalBytes);
            Assert.Equal(3 * Page, child.Vmas.TotalBytes);
        }
    }

    [Fact]
    public void Stacks_grow_on_faults_below_them()
    {
        Map(Fixed, 2 * Page, MapFlags.Fixed | MapFlags.GrowsDown);
        Assert.True(_space.TryGrowDown(_stub, Fixed - Page - 8));
        // It grows in steps of 128 KiB, so that not every page costs a fault.
        Assert.Equal(Fixed - (32 * Page), _space.Snapshot()[0].Start);
        Assert.False(_space.TryGrowDown(_stub, Fixed));
        Assert.False(_space.TryGrowDown(_stub, Fixed - (16UL << 20)));
        Assert.False(_space.TryGrowDown(_stub, Fixed + (16UL << 20)));
    }

    private Result<ulong> Map(ulong address, ulong length, MapFlags flags = MapFlags.None) =>
        _space.Map(_stub,
            new MapRequest { Address = address, Length = length, Protection = ReadWrite, Flags = flags
            | MapFlags.Private });

    private Result<ulong> Remap(ulong address, ulong oldLength, ulong newLength, RemapFlags flags,
        ulong target = 0) =>
        _space.Remap(_stub, new RemapRequest(address, oldLength, newLength, flags, target));
}
