// SPDX-License-Identifier: Apache-2.0
using System;
using System.Linq;
using Xunit;

namespace Moat.Platform.Tests;

/// <summary>What bytes around a syscall instruction are taken for a site, and what only looks like
/// one.</summary>
public sealed class CallSiteFinderTests
{
    private const ulong Address = 0x401010;
    private static readonly byte[] s_before = [0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90];
    private static readonly byte[] s_syscall = [0x0f, 0x05];
    private static readonly byte[] s_return = [0xc3];

    [Fact]
    public void AMoveOfTheNumberIsPatchedWithTheCall()
    {
        Assert.True(Find([0xb8, 39, 0, 0, 0], s_return, 39, out CallSite site));
        Assert.Equal(new CallSite(SiteShape.MoveEax, Address - 5, 39), site);
        Assert.Equal(Address + 2, site.Return);
        Assert.True(Find([0x48, 0xc7, 0xc0, 39, 0, 0, 0], s_return, 39, out site));
        Assert.Equal(new CallSite(SiteShape.MoveRax, Address - 7, 39), site);
        Assert.Equal(Address, site.Syscall);
    }

    [Fact]
    public void AMoveOfSomethingElseIsNone()
    {
        // Another number was called than these bytes load; r8d is loaded, not eax.
        Assert.False(Find([0xb8, 39, 0, 0, 0], s_return, 40, out _));
        Assert.False(Find([0x41, 0xb8, 39, 0, 0, 0], s_return, 39, out _));
        Assert.False(Find([0x45, 0x31, 0xc0], [0x48, 0x3d, 0, 0xf0, 0xff, 0xff], 0, out _));
    }

    [Fact]
    public void AReadIsRecognisedWithItsComparison()
    {
        byte[] compare = [0x48, 0x3d, 0, 0xf0, 0xff, 0xff];
        Assert.True(Find([0x31, 0xc0], compare, 0, out CallSite site));
        Assert.Equal(new CallSite(SiteShape.Zero, Address - 2, 0), site);
        Assert.False(Find([0x31, 0xc0], compare, 1, out _));
    }

    [Fact]
    public void SignalTrampolinesAreLeftAlone() =>
        Assert.False(Find([0x48, 0xc7, 0xc0, 15, 0, 0, 0], [.. s_return, .. Nops(32)], 15, out _));

    [Fact]
    public void PaddingBehindAReturnIsACave()
    {
        Assert.True(Find([], [.. s_return, .. Nops(13)], 39, out CallSite site));
        Assert.Equal(new CallSite(SiteShape.Cave, Address, 0, Address + 3), site);
    }

    [Fact]
    public void NopsThatAreExecutedAreNone()
    {
        // Fallen into from the call; too few before a function may start; behind a conditional jump.
        Assert.False(Find([], [.. Nops(16), .. s_return], 39, out _));
        Assert.False(Find([], [0x48, 0x83, 0xc4, 0x08, 0x5b, 0x5d, .. s_return, .. Nops(5), 0x55, 0xc3], 39,
            out _));
        Assert.False(Find([], [0x74, 0x10, .. Nops(20), .. s_return], 39, out _));
    }

    private static byte[] Nops(int count) => [.. Enumerable.Repeat((byte)0x90, count)];

    private static bool Find(byte[] load, byte[] behind, uint number, out CallSite site)
    {
        byte[] text = [.. s_before, .. load, .. s_syscall, .. behind];
        return CallSiteFinder.TryFind(
            text, s_before.Length + load.Length, Address, number, out site);
    }
}
