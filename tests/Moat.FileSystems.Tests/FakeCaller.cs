// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.FileSystems.Tests;

/// <summary>A task without memory or a process.</summary>
internal sealed class FakeCaller : Caller
{
    public override UserMemory Memory =>
        throw new InvalidOperationException("no guest memory in these tests");
}
