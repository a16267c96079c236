// SPDX-License-Identifier: Apache-2.0
using Moat.Testing;
using Xunit;

namespace Moat.Workload.Tests;

/// <summary>Debian's programs as root: output and exit status must be the host's.</summary>
public sealed class WorkloadsAsRootTests
{
    public static TheoryData<string> Rows => WorkloadRows.Names();

    [Theory]
    [MemberData(nameof(Rows))]
    public void Program_does_what_it_does_on_the_host(string workload) => WorkloadRows.Check(workload,
        Identity.Root);
}
