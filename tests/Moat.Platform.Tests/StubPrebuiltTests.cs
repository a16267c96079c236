// SPDX-License-Identifier: Apache-2.0
using Xunit;

namespace Moat.Platform.Tests;

/// <summary>A prebuilt stub is, once a host's sizes are in it, the stub of that host.</summary>
public sealed class StubPrebuiltTests
{
    [Theory]
    [InlineData(0x6000, 0x2000)]
    [InlineData(0x4000, 0x1000)]
    [InlineData(0x5000, 0x3000)]
    public void RelocatedImageIsTheOneForThatHost(int data, int code)
    {
        var vdso = new VdsoMapping(data, code);
        byte[] expected = StubAssembler.Build(vdso).File.ToArray();
        Assert.Equal(expected, StubPrebuilt.Relocate(StubPrebuilt.Build(), vdso).File.ToArray());
    }
}
