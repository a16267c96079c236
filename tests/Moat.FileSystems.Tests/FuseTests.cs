// SPDX-License-Identifier: Apache-2.0
using System;
using System.Buffers.Binary;
using Moat.Abi;
using Moat.Base;
using Moat.FileSystems.Fuse;
using Moat.Vfs;
using Xunit;

namespace Moat.FileSystems.Tests;

/// <summary>What a FUSE daemon says, and what it leaves unsaid.</summary>
public sealed class FuseTests
{
    private const int Room = 200_000;

    [Fact]
    public void Random_entries_and_attributes_are_read_or_refused()
    {
        var random = new Random(7);
        var terms = new FuseTerms();
        byte[] bytes = new byte[FuseEntry.Size];
        for (int i = 0; i < 100_000; i++)
        {
            random.NextBytes(bytes);
            if (i % 2 == 0)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(100), (uint)random.Next(1 << 16));
                BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(48), random.NextInt64());
            }

            Result<FuseEntry> read = FuseEntry.Read(terms, 5, bytes.AsSpan(0, random.Next(bytes.Length + 1)));
            if (read.TryGet(out FuseEntry entry, out Errno error))
            {
                Assert.True(entry.Node > FuseFileSystem.RootNode);
                Assert.True(entry.Attributes.Size >= 0 && entry.Attributes.Blocks >= 0);
                Assert.True(FuseAttributes.IsType(StatMode.TypeOf(entry.Attributes.Mode)));
                Assert.InRange(entry.Attributes.BlockSize, 1, 1 << 30);
            }
            else
            {
                Assert.True(error is Errno.EIO or Errno.ENOENT);
            }
        }
    }

    [Fact]
    public void Unanswered_questions_that_nobody_waits_for_are_bounded()
    {
        FuseConnection connection = New(1 << 23);
        for (int i = 0; i < 3 * FuseQueue.MostLoose; i++)
        {
            connection.Post(new FuseRequest(FuseOpcode.Release, 2, 24));
        }

        ulong first = 0;
        int read = 0;
        while (connection.Next(Room).TryGet(out byte[]? message, out Errno error))
        {
            first = read++ == 0 ? Unique(message) : first;
            Assert.Equal(message.Length, BinaryPrimitives.ReadInt32LittleEndian(message));
        }

        Assert.Equal(FuseQueue.MostLoose, read);
        Assert.Equal(Errno.Success, connection.Answer(first, 0, []));
        Assert.Equal(Errno.ENOENT, connection.Answer(first, 0, []));
        for (int i = 0; i < FuseQueue.MostLoose; i++)
        {
            connection.Post(new FuseRequest(FuseOpcode.Release, 2, 24));
            Assert.True(connection.Next(Room).IsOk);
        }

        // Those of the first round have made room.
        Assert.Equal(Errno.ENOENT, connection.Answer(first + 2, 0, []));
    }

    [Fact]
    public void What_nobody_waits_for_is_paid_for_until_it_is_answered()
    {
        var some = new FuseRequest(FuseOpcode.Release, 2, 24);
        FuseConnection connection = New(3 * some.Charge);
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 10; i++)
            {
                connection.Post(new FuseRequest(FuseOpcode.Release, 2, 24));
            }

            for (int i = 0; i < 3; i++)
            {
                Assert.True(connection.Next(Room).TryGet(out byte[]? message, out _));
                Assert.Equal(Errno.Success, connection.Answer(Unique(message), 0, []));
            }

            Assert.Equal(Errno.EAGAIN, connection.Next(Room).Error);
        }

        connection.Post(new FuseRequest(FuseOpcode.Release, 2, 24));
        connection.Abort();
        Assert.True(connection.Budget.TryTakeRequest(3 * some.Charge));
    }

    [Fact]
    public void Answers_are_as_long_as_they_may_be()
    {
        FuseConnection connection = New();
        foreach ((int length, int error, Errno expected) in (ReadOnlySpan<(int, int, Errno)>)
            [(8, 0, Errno.Success), (7, 0, Errno.EINVAL), (17, 0, Errno.EINVAL), (16, 0, Errno.Success),
                (0, -5, Errno.Success), (1, -5, Errno.EINVAL), (0, 1, Errno.EINVAL), (0, -512, Errno.EINVAL)])
        {
            var request = new FuseRequest(FuseOpcode.Lookup, 1, 4, 8, 16);
            connection.Post(request);
            Assert.True(connection.Next(Room).TryGet(out byte[]? message, out _));
            Assert.Equal(expected, connection.Answer(Unique(message), error, new byte[length]));
            Errno told = error is > 0 or <= -512 ? Errno.Success
                : expected != Errno.Success ? Errno.EIO : (Errno)(-error);
            Assert.Equal(told, request.Error);
            Assert.Equal(error is not (> 0 or <= -512), request.IsDone);
        }
    }

    [Fact]
    public void Forgotten_nodes_are_told_many_at_a_time()
    {
        FuseConnection connection = New();
        connection.Forget(9, 3);
        Assert.True(connection.Next(Room).TryGet(out byte[]? one, out _));
        Assert.Equal(48, one.Length);
        Assert.Equal(3UL, BinaryPrimitives.ReadUInt64LittleEndian(one.AsSpan(40)));
        for (ulong i = 0; i < 1000; i++)
        {
            connection.Forget(10 + i, 1);
        }

        int nodes = 0;
        while (connection.Next(Room).TryGet(out byte[]? message, out _))
        {
            Assert.True(message.Length <= 8192);
            nodes += BinaryPrimitives.ReadInt32LittleEndian(message.AsSpan(40));
        }

        Assert.Equal(1000, nodes);
    }

    [Theory]
    [InlineData(7, 31, true)]
    [InlineData(7, 19, true)]
    [InlineData(7, 99, true)]
    [InlineData(7, 8, false)]
    [InlineData(8, 0, false)]
    [InlineData(6, 31, false)]
    public void Only_known_protocols_are_spoken(uint major, uint minor, bool isSpoken)
    {
        FuseConnection connection = New();
        connection.Post(FuseMessages.Init());
        Assert.True(connection.Next(Room).TryGet(out byte[]? init, out _));
        byte[] reply = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(reply, major);
        BinaryPrimitives.WriteUInt32LittleEndian(reply.AsSpan(4), minor);
        BinaryPrimitives.WriteUInt32LittleEndian(reply.AsSpan(20), uint.MaxValue);
        Assert.Equal(Errno.Success, connection.Answer(Unique(init), 0, reply));
        Assert.Equal(isSpoken ? FuseState.Serving : FuseState.Refused, connection.State);
        Assert.Equal(isSpoken ? Errno.EAGAIN : Errno.ENODEV, connection.Next(Room).Error);
        Assert.True(!isSpoken || connection.Terms.MaxWrite == FuseTerms.LargestTransfer);
    }

    [Fact]
    public void The_last_device_ends_everything()
    {
        FuseConnection connection = New();
        connection.AddDevice();
        connection.AddDevice();
        var request = new FuseRequest(FuseOpcode.Open, 3, 8, 16);
        connection.Post(request);
        connection.DropDevice();
        Assert.False(request.IsDone);
        connection.DropDevice();
        Assert.True(request.IsDone);
        Assert.Equal(Errno.ECONNABORTED, request.Error);
        Assert.Equal(Errno.ENODEV, connection.Next(Room).Error);
        connection.Post(new FuseRequest(FuseOpcode.Release, 3, 24));
        connection.Forget(3, 1);
        Assert.False(connection.HasWork);
    }

    [Fact]
    public void Noise_on_the_device_does_no_harm()
    {
        FuseConnection connection = New();
        var random = new Random(3);
        byte[] noise = new byte[64];
        for (int i = 0; i < 100_000; i++)
        {
            random.NextBytes(noise);
            byte[] body = noise[..random.Next(noise.Length)];
            _ = connection.Answer(random.Next(4) == 0 ? (ulong)random.Next(9) : (ulong)random.NextInt64(),
                random.Next(-600, 3), body);
            Assert.NotEqual(Errno.Success, FuseNotices.Take(connection, random.Next(-2, 12), body));
        }
    }

    [Fact]
    public void What_stands_in_mounts_is_in_the_numbers_of_the_mount()
    {
        var options = new FuseOptions(0x41ed, 1000, 100) { AllowsOthers = true, MaxRead = 4096 };
        Assert.Equal("user_id=1000,group_id=100,allow_other,max_read=4096",
            options.Show(Moat.Vfs.Namespaces.UserNamespace.Initial));
        var other = Credentials.For(5, 5, [], 0);
        Assert.True(options.Admits(other, Moat.Vfs.Namespaces.UserNamespace.Initial));
        options = options with { AllowsOthers = false };
        Assert.False(options.Admits(other, Moat.Vfs.Namespaces.UserNamespace.Initial));
        Assert.True(options.Admits(
            Credentials.For(1000, 100, [], 0), Moat.Vfs.Namespaces.UserNamespace.Initial));
    }

    private static FuseConnection New(int requestBytes = 1 << 20) =>
        new(new FuseBudget(requestBytes, 1 << 20, new DescriptorBudget(10)), new FuseTerms());

    private static ulong Unique(byte[] message) => BinaryPrimitives.ReadUInt64LittleEndian(message.AsSpan(8));
}
