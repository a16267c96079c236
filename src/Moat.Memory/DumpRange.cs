// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Mman;

namespace Moat.Memory;

/// <summary>A mapping as a core file has it (core(5)).</summary>
/// <param name="Start">First address.</param>
/// <param name="End">First address after it.</param>
/// <param name="Protection">What the guest may do there.</param>
/// <param name="Content">How much of it goes into the file.</param>
/// <param name="Name">The file that is mapped; null for memory without one.</param>
/// <param name="Offset">Where in that file it begins, in bytes.</param>
public readonly record struct DumpRange(
    ulong Start, ulong End, MemoryProtection Protection, DumpContent Content, string? Name, ulong Offset);
