// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>Who lets a stub's memory calls through.</summary>
public enum MemoryCalls
{
    /// <summary>
    /// The filter itself lets anonymous private mmap at a fixed address, munmap, mprotect and harmless
    /// madvise
    /// through from the stub's order instruction; the supervisor approves the rest.
    /// </summary>
    Direct,

    /// <summary>The supervisor approves each call, by number and arguments.</summary>
    Strict,
}
