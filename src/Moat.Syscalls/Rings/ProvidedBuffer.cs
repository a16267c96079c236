// SPDX-License-Identifier: Apache-2.0
namespace Moat.Syscalls.Rings;

/// <summary>A buffer that the kernel chooses when bytes have come (IOSQE_BUFFER_SELECT).</summary>
/// <param name="Address">Guest address.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Id">The number that a completion names it by.</param>
internal readonly record struct ProvidedBuffer(ulong Address, uint Length, ushort Id);
