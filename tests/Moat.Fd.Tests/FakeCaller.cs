// SPDX-License-Identifier: Apache-2.0
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Fd.Tests;

/// <summary>A caller without a task, with a little memory of its own at address 4096.</summary>
internal sealed class FakeCaller : Caller
{
    public FakeCaller() => Files = new FdTable();

    public override UserMemory Memory { get; } = new FakeMemory();
}
