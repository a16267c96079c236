// SPDX-License-Identifier: Apache-2.0
namespace Moat.Kernel.Futex;

/// <summary>The parts of a PI or robust futex word (futex(2)).</summary>
internal static class PiWord
{
    /// <summary>FUTEX_WAITERS.</summary>
    internal const uint Waiters = 0x8000_0000;

    /// <summary>FUTEX_OWNER_DIED.</summary>
    internal const uint OwnerDied = 0x4000_0000;

    /// <summary>FUTEX_TID_MASK.</summary>
    internal const uint TidMask = 0x3fff_ffff;
}
