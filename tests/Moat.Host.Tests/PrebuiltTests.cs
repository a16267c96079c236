// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Host.Children;
using Moat.Host.Seccomp;
using Moat.Sandbox.Confinement;
using Xunit;

namespace Moat.Host.Tests;

/// <summary>What is made at build time is what would be made at start.</summary>
public sealed class PrebuiltTests
{
    [Theory]
    [InlineData(0x7f00_1234_5000)]
    [InlineData(0x1000)]
    public void RelocatedFilterIsTheOneForThatPage(long page)
    {
        SockFilter[] expected = KernelFilter.Build((ulong)page);
        Assert.Equal(expected, KernelFilter.Relocate(KernelFilter.Build(), (ulong)page));
    }

    [Fact]
    public void FilterWithoutPrebuiltOneIsForThisProcessesPage()
    {
        ChildProgram.Prepare();
        Assert.Equal(KernelFilter.Build(ChildProgram.CodePage), KernelFilter.Get().ToArray());
    }
}
