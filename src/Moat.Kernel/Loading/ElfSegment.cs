// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Mman;

namespace Moat.Kernel.Loading;

/// <summary>A PT_LOAD program header whose fields have been checked against each other.</summary>
/// <param name="Address">p_vaddr.</param>
/// <param name="FileOffset">p_offset; equal to the address modulo the page size.</param>
/// <param name="FileSize">p_filesz; at most <paramref name="MemorySize"/>.</param>
/// <param name="MemorySize">p_memsz; address + size does not overflow.</param>
/// <param name="Protection">From p_flags.</param>
public readonly record struct ElfSegment(
    ulong Address, ulong FileOffset, ulong FileSize, ulong MemorySize, MemoryProtection Protection)
{
    /// <summary>End of the segment in memory, exclusive.</summary>
    public ulong End => Address + MemorySize;

    /// <summary>End of the part that comes from the file.</summary>
    public ulong FileEnd => Address + FileSize;
}
