// SPDX-License-Identifier: Apache-2.0
using Moat.Testing;
using Xunit;

namespace Moat.Guest.Tests;

/// <summary>The guest programs run as root: their output must be the host's.</summary>
public sealed class GuestAsRootTests
{
    public static TheoryData<string, string, string> Rows => GuestRows.For(Identity.Root);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Program_prints_what_it_prints_on_the_host(
        string program, string variant, string place) =>
        GuestRows.Check(program, variant, place, Identity.Root);
}
