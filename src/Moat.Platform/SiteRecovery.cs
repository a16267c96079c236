// SPDX-License-Identifier: Apache-2.0
namespace Moat.Platform;

/// <summary>What an invalid instruction at a patched site turns out to be.</summary>
internal enum SiteRecovery
{
    /// <summary>The guest's own invalid instruction, or something to go on from without a call.</summary>
    None,

    /// <summary>A system call that was reached by a jump into the middle.</summary>
    Syscall,
}
