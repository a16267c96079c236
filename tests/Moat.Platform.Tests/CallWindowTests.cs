// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Abi;
using Moat.Base;
using Xunit;

namespace Moat.Platform.Tests;

/// <summary>The window of a call: what a guest may write about its inputs, and how outputs are
/// queued.</summary>
public sealed class CallWindowTests
{
    private const ulong Place = 0x500000;

    [Fact]
    public void AnInputIsFoundFromAnyOfItsBytes()
    {
        using ThreadArea area = NewArea();
        var window = new CallWindow(area);
        Describe(area, 0, Place, 16, StubLayout.Window);
        window.Open(1);
        Assert.Equal(16, window.Input(Place).Length);
        Assert.Equal(1, window.Input(Place + 15).Length);
        Assert.True(window.Input(Place + 16).IsEmpty);
        Assert.True(window.Input(Place - 1).IsEmpty);
        window.Close();
        Assert.True(window.Input(Place).IsEmpty);
    }

    [Theory]
    [InlineData(16, StubLayout.Window - 8)]
    [InlineData(16, StubLayout.Window + StubLayout.WindowSize)]
    [InlineData(StubLayout.WindowSize + 1, StubLayout.Window)]
    [InlineData(-1, StubLayout.Window)]
    [InlineData(int.MaxValue, int.MaxValue)]
    [InlineData(16, int.MinValue)]
    public void WhatLiesOutsideTheWindowIsNoInput(int length, int offset)
    {
        using ThreadArea area = NewArea();
        var window = new CallWindow(area);
        Describe(area, 0, Place, length, offset);
        window.Open(1);
        Assert.True(window.Input(Place).IsEmpty);
        Assert.False(window.QueueOutput(Place, 100).IsEmpty);
    }

    [Theory]
    [InlineData(StubLayout.CodeBase)]
    [InlineData(StubLayout.GuestTop - 8)]
    [InlineData(StubLayout.AreaBase)]
    [InlineData(StubLayout.TableBase)]
    [InlineData(StubLayout.TableBase - 8)]
    [InlineData(ulong.MaxValue - 8)]
    public void WhatThePlatformOwnsIsNoInput(ulong address)
    {
        using ThreadArea area = NewArea();
        var window = new CallWindow(area);
        Describe(area, 0, address, 16, StubLayout.Window);
        window.Open(1);
        Assert.True(window.Input(address).IsEmpty);
    }

    [Fact]
    public void CallsWithoutInputsHaveNoneOfAnEarlierCall()
    {
        using ThreadArea area = NewArea();
        var window = new CallWindow(area);
        Describe(area, 0, Place, 16, StubLayout.Window);
        window.Open(StubLayout.OwnTrap);
        Assert.True(window.Input(Place).IsEmpty);
    }

    [Fact]
    public void OutputsDoNotOverlapInputsAndEndWhenThereIsNoRoom()
    {
        using ThreadArea area = NewArea();
        var window = new CallWindow(area);
        Describe(area, 0, Place, 100, StubLayout.Window);
        window.Open(1);
        Assert.Equal(7, window.QueueOutput(Place, 7).Length);
        Assert.True(window.QueueOutput(Place, StubLayout.WindowSize).IsEmpty);
        int count = 1;
        while (!window.QueueOutput(Place, 8).IsEmpty)
        {
            count++;
        }

        Assert.Equal(StubLayout.MaxOutputs, count);
        Assert.Equal(7, window.Output(0, out ulong address).Length);
        Assert.Equal(Place, address);
    }

    private static ThreadArea NewArea()
    {
        Result<ThreadArea> area = ThreadArea.Create(0);
        Assert.Equal(Errno.Success, area.Error);
        return area.Value;
    }

    private static void Describe(ThreadArea area, int index, ulong address, int length, int offset)
    {
        int at = StubLayout.Inputs + (index * StubLayout.TransferSize);
        area.CheckedField<ulong>(at) = address;
        area.CheckedField<int>(at + 8) = length;
        area.CheckedField<int>(at + 12) = offset;
        area.Field<ushort>(StubLayout.InputCount) = (ushort)(index + 1);
    }
}
