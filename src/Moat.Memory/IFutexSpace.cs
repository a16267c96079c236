// SPDX-License-Identifier: Apache-2.0
using Moat.Abi;

namespace Moat.Memory;

/// <summary>
/// An address space as futexes see it; the object itself is the identity that keys its private futexes.
/// </summary>
public interface IFutexSpace
{
    /// <summary>Finds what a futex word without FUTEX_PRIVATE_FLAG is keyed by.</summary>
    /// <param name="address">The word: aligned to four bytes.</param>
    /// <param name="memory">The object of the MAP_SHARED mapping it lies in; null when the mapping is
    /// private.</param>
    /// <param name="offset">The word's offset in <paramref name="memory"/>.</param>
    /// <returns>EFAULT where nothing is mapped, in PROT_NONE mappings, and in private mappings that cannot be
    /// written (as Linux, which breaks copy-on-write first).</returns>
    Errno ResolveSharedWord(ulong address, out MemoryObject? memory, out ulong offset);
}
