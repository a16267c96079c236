// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Tmpfs;
using Moat.Memory;
using Moat.Vfs;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>The content of tmpfs files in each of its forms, against a plain array.</summary>
public sealed class TmpfsContentTests
{
    private const int Most = 1 << 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Content_is_what_was_written_whatever_its_form(int seed)
    {
        using var world = new World("tmpfs");
        var limited = new TmpfsFileSystem(world.Vfs, new TmpfsOptions { SizeLimit = 64 << 20 });
        world.Mkdir("m");
        var mount = new Mount(limited.Root, MountFlags.None, "t");
        Assert.Equal(Errno.Success, MountNamespace.Attach(mount, world.Find("m")));
        world.Write("m/f", "");
        OpenFile file = world.Open("m/f", OpenFlags.ReadWrite).Value;
        var random = new Random(seed);
        byte[] model = [];
        for (int round = 0; round < 300; round++)
        {
            int offset = random.Next(random.Next(Most));
            byte[] data = new byte[random.Next(1, random.Next(2, 100_000))];
            random.NextBytes(data);
            switch (random.Next(6))
            {
                case 0:
                    int size = random.Next(4) == 0 ? 0 : offset;
                    Assert.Equal(Errno.Success, file.Truncate(world.Caller, size));
                    Array.Resize(ref model, size);
                    break;
                case 1 or 2:
                    Assert.Equal(data.Length, file.WriteAt(world.Caller, data, offset).Value);
                    Put(ref model, data, offset);
                    break;
                case 3:
                    var source = new FakeBuffers(data);
                    Result<int> direct = file.WriteFrom(world.Caller, source, data.Length, offset);
                    if (direct.Error == Errno.EOPNOTSUPP)
                    {
                        direct = file.WriteAt(world.Caller, data, offset);
                    }

                    Assert.Equal(data.Length, direct.Value);
                    Put(ref model, data, offset);
                    break;
                case 4 when round > 250:
                    MemoryObject mapped = file.GetMemoryObject(world.Caller, true, true, false).Value;
                    mapped.Release();
                    break;
                default:
                    CheckRange(world, file, model, offset, data.Length);
                    break;
            }

            Assert.Equal(model.Length, file.GetAttributes().Value.Size);
        }

        CheckRange(world, file, model, 0, Most * 2);
        file.Release();
        world.Unlink("m/f");
        FileSystemStatistics statistics = limited.GetStatistics().Value;
        Assert.Equal(statistics.Blocks, statistics.BlocksFree);
    }

    [Fact]
    public void Holes_are_found_and_not_charged()
    {
        using var world = new World("tmpfs");
        world.Write("f", "");
        OpenFile file = world.Open("f", OpenFlags.ReadWrite).Value;
        Assert.Equal(5000, file.WriteAt(world.Caller, new byte[5000], 1_000_000).Value);
        Assert.Equal(5000, file.WriteAt(world.Caller, new byte[5000], 100_000_000).Value);
        const int SeekData = 3;
        const int SeekHole = 4;
        Assert.Equal(999_424, file.Seek(world.Caller, 0, SeekData).Value);
        Assert.Equal(1_000_001, file.Seek(world.Caller, 1_000_001, SeekData).Value);
        Assert.Equal(1_007_616, file.Seek(world.Caller, 1_000_000, SeekHole).Value);
        Assert.Equal(99_999_744, file.Seek(world.Caller, 1_100_000, SeekData).Value);
        Assert.Equal(100_005_000, file.Seek(world.Caller, 100_000_000, SeekHole).Value);
        Assert.Equal(Errno.ENXIO, file.Seek(world.Caller, 100_005_000, SeekData).Error);
        Assert.Equal(8 * 4, file.GetAttributes().Value.Blocks);
        MemoryObject mapped = file.GetMemoryObject(world.Caller, true, true, false).Value;
        Assert.Equal(8 * 4, file.GetAttributes().Value.Blocks);
        Assert.Equal(99_999_744, file.Seek(world.Caller, 1_100_000, SeekData).Value);
        mapped.Release();
        file.Release();
    }

    [Fact]
    public void A_scattered_file_keeps_its_content()
    {
        using var world = new World("tmpfs");
        world.Write("f", "");
        OpenFile file = world.Open("f", OpenFlags.ReadWrite).Value;
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(1, file.WriteAt(world.Caller, [(byte)i], i * 1_000_000L).Value);
        }

        byte[] one = new byte[1];
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(1, file.ReadAt(world.Caller, one, i * 1_000_000L).Value);
            Assert.Equal((byte)i, one[0]);
        }

        Assert.Equal(200 * 8, file.GetAttributes().Value.Blocks);
        Assert.Equal(1_000_000 / 4096 * 4096, file.Seek(world.Caller, 5000, 3).Value);
        file.Release();
    }

    [Theory]
    [InlineData(200_000L, 200_000)]
    [InlineData(0L, 350_000)]
    [InlineData(-1L, 350_000)]
    public void A_write_whose_chunk_is_taken_away_meanwhile_is_not_lost(long truncatedTo, int expectedSize)
    {
        using var world = new World("tmpfs");
        world.Write("f", "");
        OpenFile file = world.Open("f", OpenFlags.ReadWrite).Value;
        byte[] old = new byte[400_000];
        Array.Fill(old, (byte)'o');
        Assert.Equal(old.Length, file.WriteAt(world.Caller, old, 0).Value);
        byte[] data = new byte[50_000];
        Array.Fill(data, (byte)'n');
        MemoryObject? mapped = null;
        var buffers = new FakeBuffers(data)
        {
            BeforeCopy = () =>
            {
                Errno error = truncatedTo >= 0 ? file.Truncate(world.Caller, truncatedTo) : Errno.Success;
                mapped = truncatedTo < 0 ? file.GetMemoryObject(world.Caller, true, true, false).Value : null;
                Assert.Equal(Errno.Success, error);
            },
        };
        long offset = truncatedTo == 200_000 ? 150_000 : 300_000;
        Assert.Equal(data.Length, file.WriteFrom(world.Caller, buffers, data.Length, offset).Value);
        byte[] now = new byte[500_000];
        int size = file.ReadAt(world.Caller, now, 0).Value;
        Assert.Equal(truncatedTo < 0 ? 400_000 : expectedSize, size);
        Assert.True(now.AsSpan((int)offset, data.Length).SequenceEqual(data));
        Assert.Equal(truncatedTo == 0 ? 0 : 'o', now[offset - 1]);
        mapped?.Release();
        file.Release();
    }

    [Fact]
    public void A_fault_ends_a_direct_transfer_early()
    {
        using var world = new World("tmpfs");
        world.Write("f", "");
        OpenFile file = world.Open("f", OpenFlags.ReadWrite).Value;
        Assert.Equal(40_000, file.WriteAt(world.Caller, new byte[40_000], 0).Value);
        Assert.Equal(100, file.ReadTo(world.Caller, new FakeBuffers(new byte[100]), 9000, null).Value);
        Assert.Equal(100, file.Seek(world.Caller, 0, 1).Value);
        Assert.Equal(Errno.EFAULT, file.ReadTo(world.Caller, new FakeBuffers([]), 9000, 5).Error);
        Assert.Equal(0, file.ReadTo(world.Caller, new FakeBuffers([]), 9000, 40_000).Value);
        Assert.Equal(70, file.WriteFrom(world.Caller, new FakeBuffers(new byte[70]), 9000, 40_000).Value);
        Assert.Equal(Errno.EFAULT, file.WriteFrom(world.Caller, new FakeBuffers([]), 9000, 90_000).Error);
        Assert.Equal(40_070, file.GetAttributes().Value.Size);
        file.Release();
    }

    private static void Put(ref byte[] model, byte[] data, int offset)
    {
        if (model.Length < offset + data.Length)
        {
            Array.Resize(ref model, offset + data.Length);
        }

        data.CopyTo(model.AsSpan(offset));
    }

    private static void CheckRange(World world, OpenFile file, byte[] model, int offset, int length)
    {
        int present = Math.Clamp(model.Length - offset, 0, length);
        byte[] buffer = new byte[length];
        Assert.Equal(present, file.ReadAt(world.Caller, buffer, offset).Value);
        int start = Math.Min(offset, model.Length);
        Assert.True(buffer.AsSpan(0, present).SequenceEqual(model.AsSpan(start, present)));
        var target = new FakeBuffers(buffer);
        Result<int> direct = file.ReadTo(world.Caller, target, length, offset);
        if (direct.Error != Errno.EOPNOTSUPP)
        {
            // It may end early at a hole.
            Assert.InRange(direct.Value, 0, present);
            Assert.True(buffer.AsSpan(0, direct.Value).SequenceEqual(model.AsSpan(start, direct.Value)));
        }
    }
}
