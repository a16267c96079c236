// SPDX-License-Identifier: Apache-2.0
namespace Moat.Abi.Events;

/// <summary>The last argument of pselect6(2): a signal mask and its size.</summary>
/// <param name="Address">Guest address of the mask, or 0.</param>
/// <param name="Size">Its size in bytes.</param>
public readonly record struct SelectMask(ulong Address, ulong Size);
