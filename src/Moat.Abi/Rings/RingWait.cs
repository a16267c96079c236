// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Rings;

/// <summary>struct io_uring_getevents_arg: how io_uring_enter(2) waits.</summary>
/// <param name="Mask">Guest address of a signal mask, or 0.</param>
/// <param name="MaskSize">Its size in bytes.</param>
/// <param name="Unused">A newer kernel's least time to wait.</param>
/// <param name="Timeout">Guest address of a timespec, or 0.</param>
public readonly record struct RingWait(ulong Mask, uint MaskSize, uint Unused, ulong Timeout);
