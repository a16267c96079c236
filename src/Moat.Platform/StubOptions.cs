// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>How stubs run guest code; the same for all of a sandbox.</summary>
/// <param name="MemoryCalls">Who lets memory calls through.</param>
/// <param name="PatchesCallSites">Whether hot system call instructions are rewritten into jumps.</param>
public readonly record struct StubOptions(
    MemoryCalls MemoryCalls = MemoryCalls.Direct, bool PatchesCallSites = true);
