// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Abi.Events;
using Moat.FileSystems.Events;
using Moat.FileSystems.Pipes;
using Moat.Vfs.Events;
using Xunit;

namespace Moat.Fd.Tests;

/// <summary>epoll sets: levels, edges, one-shot, nesting.</summary>
public sealed class EpollTests
{
    private const uint In = 1;
    private readonly FakeCaller _caller = new();
    private readonly EpollFile _epoll = new(default);

    [Fact]
    public void Level_triggered_events_repeat_until_taken()
    {
        var file = new EventFile(_caller, 0, false, false);
        Assert.Equal(Errno.Success, _epoll.Add(_caller, 5, file, new EpollEvent(In, 77)));
        Assert.Equal(0, Collect(out _));
        Signal(file);
        Assert.Equal(1, Collect(out EpollEvent first));
        Assert.Equal(new EpollEvent(In, 77), first);
        Assert.Equal(1, Collect(out _));
        file.Read(_caller, new byte[8]);
        Assert.Equal(0, Collect(out _));
    }

    [Fact]
    public void Edge_triggered_events_come_once_per_edge()
    {
        var file = new EventFile(_caller, 1, false, false);
        _epoll.Add(_caller, 5, file, new EpollEvent(In | (uint)EpollFlags.EdgeTriggered, 1));
        Assert.Equal(1, Collect(out _));
        Assert.Equal(0, Collect(out _));
        Signal(file);
        Assert.Equal(1, Collect(out _));
        Assert.Equal(0, Collect(out _));
    }

    [Fact]
    public void One_shot_fires_once_until_it_is_armed_again()
    {
        var file = new EventFile(_caller, 1, false, false);
        var wanted = new EpollEvent(In | (uint)EpollFlags.OneShot, 1);
        _epoll.Add(_caller, 5, file, wanted);
        Assert.Equal(1, Collect(out _));
        Signal(file);
        Assert.Equal(0, Collect(out _));
        Assert.Equal(Errno.Success, _epoll.Modify(_caller, 5, file, wanted));
        Assert.Equal(1, Collect(out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData((uint)EpollFlags.EdgeTriggered)]
    [InlineData((uint)EpollFlags.OneShot)]
    public void What_could_not_be_reported_comes_first_next_time(uint flags)
    {
        for (ulong i = 0; i < 3; i++)
        {
            var file = new EventFile(_caller, 1, false, false);
            _epoll.Add(_caller, (int)i, file, new EpollEvent(In | flags, i));
        }

        Span<EpollEvent> events = stackalloc EpollEvent[4];
        Assert.Equal(3, Collect(_epoll, events));
        _epoll.Settle(3, 1);
        int again = Collect(_epoll, events);
        _epoll.Settle(again, again);
        Assert.Equal(flags == 0 ? 3 : 2, again);
        Assert.Equal([1UL, 2UL], new[] { events[0].Data, events[1].Data });
        Assert.Equal(flags == 0 ? 3 : 0, Collect(out _));
    }

    [Fact]
    public void Errors_of_epoll_ctl()
    {
        var file = new EventFile(_caller, 0, false, false);
        Assert.Equal(Errno.ENOENT, _epoll.Remove(5, file));
        Assert.Equal(Errno.ENOENT, _epoll.Modify(_caller, 5, file, default));
        Assert.Equal(Errno.Success, _epoll.Add(_caller, 5, file, default));
        Assert.Equal(Errno.EEXIST, _epoll.Add(_caller, 5, file, default));
        Assert.Equal(Errno.Success, _epoll.Add(_caller, 6, file, default));
        Assert.Equal(Errno.EINVAL, _epoll.Add(_caller, 7, _epoll, default));
        Assert.Equal(Errno.Success, _epoll.Remove(5, file));
    }

    [Fact]
    public void Sets_nest_five_deep_and_never_in_a_circle()
    {
        var sets = new EpollFile[6];
        for (int i = 0; i < sets.Length; i++)
        {
            sets[i] = new EpollFile(default);
        }

        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(Errno.Success, sets[i].Add(_caller, 3, sets[i + 1], new EpollEvent(In, 0)));
        }

        Assert.Equal(Errno.ELOOP, sets[4].Add(_caller, 3, sets[0], new EpollEvent(In, 0)));
        Assert.Equal(Errno.ELOOP, sets[5].Add(_caller, 3, sets[0], new EpollEvent(In, 0)));
        var file = new EventFile(_caller, 0, false, false);
        sets[4].Add(_caller, 9, file, new EpollEvent(In, 0));
        Assert.Equal(0, Collect(sets[0], new EpollEvent[1]));
        Signal(file);
        Assert.Equal(1, Collect(sets[0], new EpollEvent[1]));
    }

    [Fact]
    public void A_closed_file_is_not_reported_and_its_items_are_swept()
    {
        (PipeFile read, PipeFile write) = PipeFile.CreatePair(_caller, 0);
        _epoll.Add(_caller, 5, read, new EpollEvent(In, 1));
        write.Write(_caller, "x"u8);
        read.Release();
        Assert.Equal(0, Collect(out _));
        for (int i = 0; i < 1000; i++)
        {
            var file = new EventFile(_caller, 0, false, false);
            _epoll.Add(_caller, i, file, new EpollEvent(In, 1));
            file.Release();
        }

        Assert.True(_epoll.Describe().Length < 200);
    }

    private int Collect(out EpollEvent first)
    {
        Span<EpollEvent> events = stackalloc EpollEvent[4];
        int count = Collect(_epoll, events);
        _epoll.Settle(count, count);
        first = events[0];
        return count;
    }

    private void Signal(EventFile file) =>
        Assert.Equal(8, file.Write(_caller, BitConverter.GetBytes(1UL)).Value);

    private int Collect(EpollFile set, Span<EpollEvent> events)
    {
        int attempts = set.ReadyCount;
        return set.Collect(_caller, events, ref attempts);
    }
}
