// SPDX-License-Identifier: Apache-2.0
using System;

namespace Moat.Memory;

/// <summary>Where a new address space puts its stack and its mappings.</summary>
/// <param name="StackTop">End of the main stack, exclusive.</param>
/// <param name="MmapBase">Mappings without address are placed below, downwards.</param>
public readonly record struct AddressSpaceLayout(ulong StackTop, ulong MmapBase)
{
    private const ulong StackRandom = 16UL << 30;
    private const ulong MinGap = 128UL << 20;
    private const int MmapRandomBits = 28;

    /// <summary>
    /// A layout as Linux makes it on x86-64 (arch/x86/mm/mmap.c): both places random, the stack's room kept
    /// free.
    /// </summary>
    /// <param name="stackLimit">RLIMIT_STACK in bytes.</param>
    /// <param name="randomize">False for personality ADDR_NO_RANDOMIZE.</param>
    public static AddressSpaceLayout Create(ulong stackLimit, bool randomize = true)
    {
        ulong top = AddressSpaceLimits.Top;
        ulong gap = Math.Clamp(stackLimit, MinGap, top / 6 * 5);
        ulong stackRandom = randomize ? SecureRandom.Next(StackRandom / AddressSpaceLimits.PageSize) : 0;
        ulong mmapRandom = randomize ? SecureRandom.Next(1UL << MmapRandomBits) : 0;
        ulong room = gap + AddressSpaceLimits.StackGuardGap + (randomize ? StackRandom : 0);
        ulong mmapBase = top - room - Math.Min(mmapRandom * AddressSpaceLimits.PageSize, (top - room) / 2);
        return new(top - stackRandom * AddressSpaceLimits.PageSize, AddressSpaceLimits.PageDown(mmapBase));
    }
}
