// SPDX-License-Identifier: Apache-2.0
using Moat.Abi.Mman;

namespace Moat.Memory;

/// <summary>The arguments of mremap(2).</summary>
/// <param name="Address">Start of the old range.</param>
/// <param name="OldLength">Its length in bytes; 0 duplicates a shared mapping.</param>
/// <param name="NewLength">The wanted length in bytes.</param>
/// <param name="Flags">MREMAP_ flags.</param>
/// <param name="NewAddress">Where to, with MREMAP_FIXED; a hint with MREMAP_DONTUNMAP.</param>
public readonly record struct RemapRequest(
    ulong Address, ulong OldLength, ulong NewLength, RemapFlags Flags, ulong NewAddress);
