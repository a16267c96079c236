// SPDX-License-Identifier: Apache-2.0
using System;
using Moat.Memory;
using Moat.Vfs;

namespace Moat.Kernel.Loading.Tests;

/// <summary>A caller without memory of its own.</summary>
public sealed class TestCaller : Caller
{
    public override UserMemory Memory => throw new InvalidOperationException();
}
