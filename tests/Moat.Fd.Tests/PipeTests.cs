// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.FileSystems.Pipes;
using Moat.Vfs;
using Xunit;

namespace Moat.Fd.Tests;

/// <summary>Pipes: order, capacity, ends that go away.</summary>
public sealed class PipeTests
{
    private readonly FakeCaller _caller = new();

    [Fact]
    public void Bytes_come_out_in_order_through_a_growing_ring()
    {
        (PipeFile read, PipeFile write) = PipeFile.CreatePair(_caller, 0);
        var random = new Random(1);
        byte sent = 0;
        byte received = 0;
        byte[] buffer = new byte[70000];
        for (int round = 0; round < 5000; round++)
        {
            int count = random.Next(1, random.Next(2, 70000));
            for (int i = 0; i < count; i++)
            {
                buffer[i] = (byte)(sent + i);
            }

            if (write.Write(_caller, buffer.AsSpan(0, count)).TryGet(out int written, out Errno error))
            {
                sent += (byte)written;
            }
            else
            {
                Assert.Equal(Errno.EAGAIN, error);
            }

            int got = read.Read(_caller, buffer.AsSpan(0, random.Next(1, 70000))).TryGet(out int n, out _)
                ? n : 0;
            for (int i = 0; i < got; i++)
            {
                Assert.Equal(received++, buffer[i]);
            }
        }
    }

    [Fact]
    public void Small_writes_are_atomic_and_large_ones_fill_up()
    {
        (_, PipeFile write) = PipeFile.CreatePair(_caller, 0);
        Assert.Equal(65536, write.Write(_caller, new byte[100_000]).Value);
        Assert.Equal(Errno.EAGAIN, write.Write(_caller, new byte[1]).Error);
        Assert.Equal(PollEvents.None, write.Poll(_caller));
    }

    [Fact]
    public void A_write_that_must_be_atomic_waits_for_room_for_all()
    {
        (PipeFile read, PipeFile write) = PipeFile.CreatePair(_caller, 0);
        write.Write(_caller, new byte[65536 - 100]);
        Assert.Equal(Errno.EAGAIN, write.Write(_caller, new byte[101]).Error);
        Assert.Equal(100, write.Write(_caller, new byte[5000]).Value);
        Assert.Equal(4096, read.Read(_caller, new byte[4096]).Value);
        Assert.Equal(4096, write.Write(_caller, new byte[4096]).Value);
    }

    [Fact]
    public void The_last_writer_ends_the_file_and_the_last_reader_breaks_it()
    {
        (PipeFile read, PipeFile write) = PipeFile.CreatePair(_caller, 0);
        Assert.Equal(Errno.EAGAIN, read.Read(_caller, new byte[1]).Error);
        write.Write(_caller, "x"u8);
        write.Release();
        Assert.Equal(1, read.Read(_caller, new byte[8]).Value);
        Assert.Equal(0, read.Read(_caller, new byte[8]).Value);
        Assert.Equal(PollEvents.HangUp, read.Poll(_caller));

        (PipeFile gone, PipeFile broken) = PipeFile.CreatePair(_caller, 0);
        gone.Release();
        Assert.Equal(Errno.EPIPE, broken.Write(_caller, "x"u8).Error);
        Assert.Equal(0, broken.Write(_caller, []).Value);
        Assert.True((broken.Poll(_caller) & PollEvents.Error) != 0);
    }

    [Fact]
    public void The_capacity_rounds_up_and_never_cuts_off()
    {
        (_, PipeFile write) = PipeFile.CreatePair(_caller, 0);
        Assert.Equal(8192, write.Buffer.SetCapacity(5000, false).Value);
        Assert.Equal(8192, write.Write(_caller, new byte[9000]).Value);
        Assert.Equal(Errno.EBUSY, write.Buffer.SetCapacity(4096, false).Error);
        Assert.Equal(Errno.EPERM, write.Buffer.SetCapacity(2 << 20, false).Error);
        Assert.Equal(1 << 20, write.Buffer.SetCapacity(1 << 20, false).Value);
    }

    [Theory]
    [InlineData(0, 10000, 9000, 8192)]
    [InlineData(0, 10000, 4095, 0)]
    [InlineData(100, 9000, 3996, 3996)]
    [InlineData(100, 9000, 3995, 0)]
    public void What_was_not_delivered_goes_back_in_whole_pages(
        int before, int length, int delivered, int kept)
    {
        (PipeFile read, PipeFile write) = PipeFile.CreatePair(_caller, 0);
        byte[] sent = new byte[20000];
        new Random(2).NextBytes(sent);
        Assert.Equal(4000, write.Write(_caller, sent.AsSpan(0, 4000)).Value);
        byte[] buffer = new byte[20000];
        Assert.Equal(4000, read.Read(_caller, buffer).Value);
        Assert.Equal(sent.Length, write.Write(_caller, sent).Value);
        Assert.Equal(before, read.Read(_caller, buffer.AsSpan(0, before)).Value);
        Assert.Equal(length, read.Read(_caller, buffer.AsSpan(0, length)).Value);
        Assert.Equal(kept, read.GiveBack(_caller, buffer.AsSpan(0, length), delivered));
        Assert.Equal(sent.Length - before - kept, read.Read(_caller, buffer).Value);
        Assert.Equal(sent.AsSpan(before + kept), buffer.AsSpan(0, sent.Length - before - kept));
    }

    [Fact]
    public void A_packet_goes_back_before_the_others()
    {
        (PipeFile read, PipeFile write) = PipeFile.CreatePair(_caller, OpenFlags.Direct);
        Assert.Equal(2, write.Write(_caller, "ab"u8).Value);
        Assert.Equal(3, write.Write(_caller, "cde"u8).Value);
        byte[] buffer = new byte[10];
        Assert.Equal(2, read.Read(_caller, buffer).Value);
        Assert.Equal(0, read.GiveBack(_caller, buffer.AsSpan(0, 2), 1));
        Assert.Equal(2, read.Read(_caller, buffer).Value);
        Assert.Equal("ab"u8, buffer.AsSpan(0, 2));
        Assert.Equal(3, read.Read(_caller, buffer).Value);
    }

    [Fact]
    public void Opening_a_fifo_waits_for_the_other_end()
    {
        var buffer = new PipeBuffer();
        var reader = new Fifo(buffer, OpenFlags.ReadOnly);
        Assert.Equal(Errno.EAGAIN, reader.CompleteOpen(_caller));
        Assert.Equal(PollEvents.None, reader.Poll(_caller));
        var writer = new Fifo(buffer, OpenFlags.WriteOnly | OpenFlags.NonBlock);
        Assert.Equal(Errno.Success, writer.CompleteOpen(_caller));
        writer.Release();
        Assert.Equal(Errno.Success, reader.CompleteOpen(_caller));
        Assert.Equal(PollEvents.HangUp, reader.Poll(_caller));
        reader.Release();
        var alone = new Fifo(buffer, OpenFlags.WriteOnly | OpenFlags.NonBlock);
        Assert.Equal(Errno.ENXIO, alone.CompleteOpen(_caller));
    }

    private sealed class Fifo(PipeBuffer buffer, OpenFlags flags)
        : PipeFile(buffer, flags, default, isFifo: true)
    {
        protected override bool HasName => true;
    }
}
