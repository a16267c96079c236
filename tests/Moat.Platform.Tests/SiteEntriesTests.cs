// SPDX-License-Identifier: Apache-2.0
using System;
using System.Collections.Generic;
using Xunit;

namespace Moat.Platform.Tests;

/// <summary>Entries of the table: none twice, and those of reads have an address that cannot be
/// run.</summary>
public sealed class SiteEntriesTests
{
    [Fact]
    public void EveryEntryIsGivenOutOnceUntilThereAreNone()
    {
        var entries = new SiteEntries();
        var seen = new HashSet<int>();
        int zero = 0;
        for (int index; (index = entries.Take(SiteShape.Zero)) >= 0; zero++)
        {
            Assert.True(seen.Add(index));
            byte second = (byte)(((ulong)index * 8) >> 8);
            byte[] invalid = [0x06, 0x07, 0x0e, 0x16, 0x17, 0x1e, 0x1f, 0x27, 0x2f, 0x37, 0x3f];
            Assert.Contains(second, invalid);
        }

        for (int index; (index = entries.Take(SiteShape.MoveEax)) >= 0;)
        {
            Assert.True(seen.Add(index));
        }

        Assert.Equal(StubLayout.TableEntries, seen.Count);
        Assert.Equal(-1, entries.Take(SiteShape.Cave));
        Assert.True(zero >= 300);
    }

    [Fact]
    public void AJumpIntoTheSyscallOfAPatchedMoveMeetsAnInvalidInstruction()
    {
        var site = new CallSite(SiteShape.MoveEax, 0x401000, 39);
        Span<byte> patch = stackalloc byte[CallSite.JumpSize];
        site.WritePatch(patch, StubLayout.TableEntries - 1);
        Assert.Equal(CallSite.Invalid, patch[5]);
        Assert.Equal(0xff, patch[0]);
        Span<byte> original = stackalloc byte[CallSite.JumpSize];
        site.WriteOriginal(original);
        Assert.Equal<byte>([0xb8, 39, 0, 0, 0, 0x0f, 0x05], original.ToArray());
    }
}
